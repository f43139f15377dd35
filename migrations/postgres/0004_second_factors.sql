-- A sign-in that waits for its second factor: no session yet, and none of its rights. token_hash is SHA-256 of the cookie.
CREATE TABLE pending_logins (
    token_hash BYTEA PRIMARY KEY NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    method TEXT NOT NULL,
    keep TEXT NOT NULL,
    destination TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX pending_logins_account ON pending_logins (account_id);
CREATE INDEX pending_logins_expiry ON pending_logins (expires_at);

-- Apps that make codes (RFC 6238). sealed is the seed; last_step is the step of the last code used, and no older one counts.
-- algorithm, digits and period (seconds) are those the app was given: the settings may change after that.
CREATE TABLE totp_authenticators (
    id UUID PRIMARY KEY NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT,
    sealed BYTEA NOT NULL,
    algorithm TEXT NOT NULL,
    digits BIGINT NOT NULL,
    period BIGINT NOT NULL,
    last_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX totp_authenticators_account ON totp_authenticators (account_id);

-- 120 random bits each, so a plain hash will do (ASVS 6.5.2).
CREATE TABLE recovery_codes (
    code_hash BYTEA PRIMARY KEY NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX recovery_codes_account ON recovery_codes (account_id);

-- What one session alone is shown while a second factor is set up: the seed of an app that is not confirmed yet, recovery codes
-- that are not saved yet. Sealed to that session.
CREATE TABLE factor_drafts (
    session_handle UUID NOT NULL,
    kind TEXT NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    sealed BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (session_handle, kind)
);
CREATE INDEX factor_drafts_account ON factor_drafts (account_id);
CREATE INDEX factor_drafts_expiry ON factor_drafts (expires_at);

-- Wrong codes in a row. In the database, so that they count whatever the address, session, node or restart.
CREATE TABLE factor_failures (
    account_id UUID PRIMARY KEY NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    failures BIGINT NOT NULL,
    last_failed_at BIGINT NOT NULL
);
