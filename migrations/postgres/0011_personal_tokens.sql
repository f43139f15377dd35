-- Long-lived tokens that people make for their own programs. token_hash is SHA-256 of 256 random bits; second_factor says whether the
-- session it was made in had what a policy of second factors asks for.
CREATE TABLE personal_tokens (
    id UUID PRIMARY KEY NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    token_hash BYTEA NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    second_factor BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    last_used_address TEXT
);
CREATE INDEX personal_tokens_account ON personal_tokens (account_id, created_at);
CREATE INDEX personal_tokens_expiry ON personal_tokens (expires_at);
