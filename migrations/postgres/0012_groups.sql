-- Named sets of people. A group is there while somebody is in it.
CREATE TABLE group_members (
    group_name TEXT NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (group_name, account_id)
);
CREATE INDEX group_members_account ON group_members (account_id);

-- Sessions in use at the hosts of apps; token_hash is SHA-256 of the cookie that the browser has for that origin alone.
CREATE TABLE app_sessions (
    token_hash BYTEA PRIMARY KEY NOT NULL,
    session_handle UUID NOT NULL REFERENCES sessions (handle) ON DELETE CASCADE,
    origin TEXT NOT NULL,
    second_factor BOOLEAN NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX app_sessions_session ON app_sessions (session_handle, origin);

-- Codes on their way to the host of an app. begun is sealed: the page that was asked for, and the browser that asked.
CREATE TABLE hand_overs (
    code_hash BYTEA PRIMARY KEY NOT NULL,
    session_handle UUID NOT NULL REFERENCES sessions (handle) ON DELETE CASCADE,
    second_factor BOOLEAN NOT NULL,
    begun TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX hand_overs_session ON hand_overs (session_handle);
CREATE INDEX hand_overs_expiry ON hand_overs (expires_at);
