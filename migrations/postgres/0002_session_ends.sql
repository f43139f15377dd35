-- When a session ends by itself: one column to compare and to sort by, which no statement can forget to keep right.
ALTER TABLE sessions ADD COLUMN ends_at BIGINT NOT NULL GENERATED ALWAYS AS (LEAST(expires_at, last_seen_at + idle_micros)) STORED;

-- Tidying up looks for these once a minute; without an index it would read every session under the write lock.
DROP INDEX sessions_expiry;
CREATE INDEX sessions_live ON sessions (ends_at) WHERE ended_at IS NULL;
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;
