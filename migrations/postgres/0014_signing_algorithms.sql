-- Keys of several algorithms stand beside each other while one takes the other's place. All there were are of the first.
ALTER TABLE signing_keys ADD COLUMN algorithm TEXT NOT NULL DEFAULT 'ES256';
