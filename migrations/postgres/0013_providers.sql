-- Sign-ins that went to a provider and have not come back. Only hashes of what the browser and the address hold, so that a copy of this
-- finishes nobody's. issuer is whom the answer must come from; session_handle is the session that it adds to or confirms.
CREATE TABLE provider_attempts (
    state_hash BYTEA PRIMARY KEY NOT NULL,
    browser_hash BYTEA NOT NULL,
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    purpose TEXT NOT NULL,
    session_handle UUID,
    keep TEXT NOT NULL,
    destination TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX provider_attempts_expiry ON provider_attempts (expires_at);

-- Who somebody is at a provider: issuer and subject, never the e-mail address, which changes hands. email and display_name are what
-- the provider said last, for the owner to tell one from another.
CREATE TABLE identities (
    id UUID PRIMARY KEY NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    provider TEXT NOT NULL,
    email TEXT,
    display_name TEXT,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    UNIQUE (issuer, subject)
);
CREATE INDEX identities_account ON identities (account_id);
