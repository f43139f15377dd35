-- What tries are counted for: a name as it was typed, an account, a browser, a network, everything. key_hash is a keyed hash of it, under a
-- key that is not in the database, so this tells nobody who was asked for. Names that no account has are counted like all others.
-- failures and last_at are the wrong tries and the last of them; full_until is when a bucket will have drained.
CREATE TABLE limit_counters (
    key_hash BYTEA PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    full_until BIGINT NOT NULL
);
CREATE INDEX limit_counters_kind ON limit_counters (kind, last_at);
CREATE INDEX limit_counters_age ON limit_counters (last_at);

-- Failed tries of each hour since 1970, by the door they came to: what an attack is measured against.
CREATE TABLE failed_tries (
    hour BIGINT NOT NULL,
    door TEXT NOT NULL,
    failures BIGINT NOT NULL,
    PRIMARY KEY (hour, door)
);

-- Times in which far more failed than usual. network_hash is set where it was one network that went on beyond its limit.
CREATE TABLE attacks (
    id UUID PRIMARY KEY NOT NULL,
    network_hash BYTEA,
    began_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    names BIGINT NOT NULL,
    networks BIGINT NOT NULL,
    doors TEXT NOT NULL,
    counted_at BIGINT NOT NULL
);
CREATE INDEX attacks_last ON attacks (last_at);
