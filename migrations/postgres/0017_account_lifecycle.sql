-- Until when not even a new password behind a mailed link ends the freeze: an address that the account had before said that its owner
-- did not change it.
ALTER TABLE accounts ADD COLUMN freeze_holds_until BIGINT;

-- When the account is removed at its owner's wish, unless they sign in before.
ALTER TABLE accounts ADD COLUMN deletion_due_at BIGINT;
CREATE INDEX accounts_deletion ON accounts (deletion_due_at) WHERE deletion_due_at IS NOT NULL;

-- Usernames of accounts that were removed, which nobody else is given; as a keyed hash, since they were made from people's addresses.
CREATE TABLE former_usernames (
    name_hash TEXT PRIMARY KEY NOT NULL
);

-- Asked for each name that somebody takes, and when an account is removed.
CREATE INDEX IF NOT EXISTS used_usernames_account ON used_usernames (account_id);
