-- Times are microseconds since 1970, ids are UUIDv7, secrets are only ever here as hashes or sealed.

CREATE TABLE accounts (
    id UUID PRIMARY KEY NOT NULL,
    email TEXT NOT NULL,
    email_verified_at BIGINT,
    username TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password_hash TEXT,
    password_changed_at BIGINT,
    role TEXT NOT NULL,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX accounts_email ON accounts (email);

-- A name once used is never given to another account: old links and mentions must not lead to a stranger.
CREATE TABLE used_usernames (
    username TEXT PRIMARY KEY NOT NULL,
    account_id UUID NOT NULL,
    first_used_at BIGINT NOT NULL
);

-- Links sent by mail or left for the operator; token_hash is SHA-256 of what the link carries.
CREATE TABLE links (
    token_hash BYTEA PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL,
    email TEXT,
    account_id UUID REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX links_email ON links (email);
CREATE INDEX links_account ON links (account_id);
CREATE INDEX links_expiry ON links (expires_at);

-- session_key is SHA-256 of the cookie; the handle names the session to its owner and lets nobody in.
CREATE TABLE sessions (
    handle UUID PRIMARY KEY NOT NULL,
    session_key BYTEA NOT NULL UNIQUE,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    method TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    idle_micros BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    remembered BOOLEAN NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT
);
CREATE INDEX sessions_account ON sessions (account_id, ended_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Waiting mails; sealed is wiped as soon as the mail is sent or given up.
CREATE TABLE mails (
    id UUID PRIMARY KEY NOT NULL,
    sealed BYTEA,
    created_at BIGINT NOT NULL,
    next_attempt_at BIGINT,
    attempts BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX mails_due ON mails (next_attempt_at);

-- Append-only. commitment = SHA-256(salt, account_id, details); mac chains it to the entry before.
-- salt, account_id and details are erased with an account; the chain still proves that nothing was removed.
CREATE TABLE audit_entries (
    sequence BIGINT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    account_id UUID,
    salt BYTEA,
    details TEXT,
    commitment BYTEA NOT NULL,
    mac BYTEA NOT NULL
);
CREATE INDEX audit_account ON audit_entries (account_id, sequence);
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY NOT NULL,
    sequence BIGINT NOT NULL,
    mac BYTEA NOT NULL
);
INSERT INTO audit_head (id, sequence, mac) VALUES (1, 0, '');

-- A value only the right secret key makes: a node with another key refuses to start.
CREATE TABLE key_check (
    id BIGINT PRIMARY KEY NOT NULL,
    check_value BYTEA NOT NULL
);
