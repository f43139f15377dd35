-- The keys that access tokens are signed with. Only the private part is kept, sealed; the public one is derived from it, so that nobody
-- who can write here gets a key of their own published. A key signs until the next one's signs_from, which may lie ahead.
CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY NOT NULL,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    signs_from INTEGER NOT NULL
) STRICT;
