-- Who may make an account because an administrator or the operator said so. One stays until it is used, taken back, or long over:
-- token_hash is SHA-256 of what the mail carries.
CREATE TABLE invitations (
    id BLOB PRIMARY KEY NOT NULL,
    email TEXT NOT NULL UNIQUE,
    token_hash BLOB NOT NULL UNIQUE,
    invited_by BLOB REFERENCES accounts (id) ON DELETE SET NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX invitations_expiry ON invitations (expires_at);
CREATE INDEX invitations_inviter ON invitations (invited_by);
