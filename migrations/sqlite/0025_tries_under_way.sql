-- Tries that were counted and are not settled yet: right, wrong, or not looked at. failures and full_until have them, and lose them again when
-- they are not settled within a minute, since their server was killed or cut off. under_way is how many began in the same half minute as
-- the last one (begun_at), under_way_before how many in the half minute before it. last_at is that of the last wrong one alone.
ALTER TABLE limit_counters ADD COLUMN begun_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE limit_counters ADD COLUMN under_way INTEGER NOT NULL DEFAULT 0;
ALTER TABLE limit_counters ADD COLUMN under_way_before INTEGER NOT NULL DEFAULT 0;
