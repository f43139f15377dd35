-- Sessions of programs: begun by an API sign-in, carried by tokens instead of a cookie.
ALTER TABLE sessions ADD COLUMN program INTEGER NOT NULL DEFAULT 0;

-- The refresh token of each such session. Only hashes: the current one, and the one before it. Each token is derived from the one
-- before under a key that is not here, so an old one is known for what it is by walking at most `rotations` steps on from it.
CREATE TABLE refresh_tokens (
    session_handle BLOB PRIMARY KEY NOT NULL REFERENCES sessions (handle) ON DELETE CASCADE,
    current_hash BLOB NOT NULL,
    previous_hash BLOB,
    rotated_at INTEGER NOT NULL,
    rotations INTEGER NOT NULL DEFAULT 0,
    audience TEXT NOT NULL,
    scope TEXT NOT NULL
) STRICT;
