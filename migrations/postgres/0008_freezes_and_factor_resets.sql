-- Since when nobody may sign in to the account, because its owner said that somebody else did something to it. A new password behind
-- a mailed link takes it away.
ALTER TABLE accounts ADD COLUMN frozen_at BIGINT;

-- The audit entry that a notice asks about.
ALTER TABLE links ADD COLUMN audit_sequence BIGINT;

-- Second factors that the operator or an administrator is to remove, once their owner has had time to stop it.
CREATE TABLE factor_resets (
    account_id UUID PRIMARY KEY NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    started_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    started_by TEXT NOT NULL
);
CREATE INDEX factor_resets_due ON factor_resets (due_at);
