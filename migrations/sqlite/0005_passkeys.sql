-- Passkeys (WebAuthn): public keys, nothing secret. credential is webauthn-rs's JSON, with the counter of signatures;
-- relying_party is the name (host) they were made for, and no other can use them.
CREATE TABLE passkeys (
    id BLOB PRIMARY KEY NOT NULL,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    credential_id BLOB NOT NULL UNIQUE,
    relying_party TEXT NOT NULL,
    name TEXT,
    credential TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
CREATE INDEX passkeys_account ON passkeys (account_id);
CREATE INDEX passkeys_relying_party ON passkeys (relying_party);

-- Challenges travel sealed and wait nowhere; those that were answered are kept until they expire, so that none is twice.
CREATE TABLE used_challenges (
    challenge_hash BLOB PRIMARY KEY NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX used_challenges_expiry ON used_challenges (expires_at);
