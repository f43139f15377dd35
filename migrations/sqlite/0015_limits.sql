-- What tries are counted for: a name as it was typed, an account, a browser, a network, everything. key_hash is a keyed hash of it, under a
-- key that is not in the database, so this tells nobody who was asked for. Names that no account has are counted like all others.
-- failures and last_at are the wrong tries and the last of them; full_until is when a bucket will have drained.
CREATE TABLE limit_counters (
    key_hash BLOB PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    full_until INTEGER NOT NULL
) STRICT;
CREATE INDEX limit_counters_kind ON limit_counters (kind, last_at);
CREATE INDEX limit_counters_age ON limit_counters (last_at);

-- Failed tries of each hour since 1970, by the door they came to: what an attack is measured against.
CREATE TABLE failed_tries (
    hour INTEGER NOT NULL,
    door TEXT NOT NULL,
    failures INTEGER NOT NULL,
    PRIMARY KEY (hour, door)
) STRICT;

-- Times in which far more failed than usual. network_hash is set where it was one network that went on beyond its limit.
CREATE TABLE attacks (
    id BLOB PRIMARY KEY NOT NULL,
    network_hash BLOB,
    began_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    names INTEGER NOT NULL,
    networks INTEGER NOT NULL,
    doors TEXT NOT NULL,
    counted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attacks_last ON attacks (last_at);
