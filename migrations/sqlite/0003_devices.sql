-- Browsers that a person signed in with, recognised by a cookie of their own; token_hash is bound to the account. Knowing one
-- spares its owner a mail and lets nobody in.
CREATE TABLE devices (
    id BLOB PRIMARY KEY NOT NULL,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    token_hash BLOB NOT NULL UNIQUE,
    name TEXT,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX devices_account ON devices (account_id, last_seen_at);
CREATE INDEX devices_old ON devices (last_seen_at);

-- address and user_agent are those of the sign-in; seen_* what the session is used from since, as far as that was accepted.
-- doubted is the change that was told last and is not confirmed yet, doubts how many there were; noted_at is when one that is only
-- noted was told last.
ALTER TABLE sessions ADD COLUMN device_id BLOB REFERENCES devices (id) ON DELETE SET NULL;
ALTER TABLE sessions ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN seen_address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN seen_user_agent TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN doubted TEXT;
ALTER TABLE sessions ADD COLUMN doubts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN noted_at INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET seen_address = address, seen_user_agent = user_agent;
CREATE INDEX sessions_device ON sessions (device_id) WHERE device_id IS NOT NULL;

-- The session that a notice asks about.
ALTER TABLE links ADD COLUMN session_handle BLOB;
