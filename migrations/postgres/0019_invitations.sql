-- Who may make an account because an administrator or the operator said so. One stays until it is used, taken back, or long over:
-- token_hash is SHA-256 of what the mail carries.
CREATE TABLE invitations (
    id UUID PRIMARY KEY NOT NULL,
    email TEXT NOT NULL UNIQUE,
    token_hash BYTEA NOT NULL UNIQUE,
    invited_by UUID REFERENCES accounts (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX invitations_expiry ON invitations (expires_at);
CREATE INDEX invitations_inviter ON invitations (invited_by);
