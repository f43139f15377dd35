-- Times are microseconds since 1970, ids are UUIDv7 in 16 bytes, secrets are only ever here as hashes or sealed.

CREATE TABLE accounts (
    id BLOB PRIMARY KEY NOT NULL,
    email TEXT NOT NULL,
    email_verified_at INTEGER,
    username TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password_hash TEXT,
    password_changed_at INTEGER,
    role TEXT NOT NULL,
    disabled_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX accounts_email ON accounts (email);

-- A name once used is never given to another account: old links and mentions must not lead to a stranger.
CREATE TABLE used_usernames (
    username TEXT PRIMARY KEY NOT NULL,
    account_id BLOB NOT NULL,
    first_used_at INTEGER NOT NULL
) STRICT;

-- Links sent by mail or left for the operator; token_hash is SHA-256 of what the link carries.
CREATE TABLE links (
    token_hash BLOB PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL,
    email TEXT,
    account_id BLOB REFERENCES accounts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX links_email ON links (email);
CREATE INDEX links_account ON links (account_id);
CREATE INDEX links_expiry ON links (expires_at);

-- session_key is SHA-256 of the cookie; the handle names the session to its owner and lets nobody in.
CREATE TABLE sessions (
    handle BLOB PRIMARY KEY NOT NULL,
    session_key BLOB NOT NULL UNIQUE,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    method TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    confirmed_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    idle_micros INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    remembered INTEGER NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    ended_at INTEGER,
    end_reason TEXT
) STRICT;
CREATE INDEX sessions_account ON sessions (account_id, ended_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Waiting mails; sealed is wiped as soon as the mail is sent or given up.
CREATE TABLE mails (
    id BLOB PRIMARY KEY NOT NULL,
    sealed BLOB,
    created_at INTEGER NOT NULL,
    next_attempt_at INTEGER,
    attempts INTEGER NOT NULL,
    sent_at INTEGER
) STRICT;
CREATE INDEX mails_due ON mails (next_attempt_at);

-- Append-only. commitment = SHA-256(salt, account_id, details); mac chains it to the entry before.
-- salt, account_id and details are erased with an account; the chain still proves that nothing was removed.
CREATE TABLE audit_entries (
    sequence INTEGER PRIMARY KEY NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    account_id BLOB,
    salt BLOB,
    details TEXT,
    commitment BLOB NOT NULL,
    mac BLOB NOT NULL
) STRICT;
CREATE INDEX audit_account ON audit_entries (account_id, sequence);
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY NOT NULL,
    sequence INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT;
INSERT INTO audit_head (id, sequence, mac) VALUES (1, 0, x'');

-- A value only the right secret key makes: a node with another key refuses to start.
CREATE TABLE key_check (
    id INTEGER PRIMARY KEY NOT NULL,
    check_value BLOB NOT NULL
) STRICT;
