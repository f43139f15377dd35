-- When its owner last said that somebody else was in, and from when on nothing that was added is taken for the owner's.
ALTER TABLE accounts ADD COLUMN disowned_at BIGINT;
ALTER TABLE accounts ADD COLUMN disowned_since BIGINT;

-- Made by somebody who never proved that its address is theirs. Whoever proves it first is the owner, and what was set up before is void.
-- Of the accounts there are: those whose address nobody confirmed, but not those that the operator vouches for, who imported them or gave them a role.
ALTER TABLE accounts ADD COLUMN unproven BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE accounts SET unproven = TRUE WHERE email_verified_at IS NULL AND role = 'member' AND NOT EXISTS (SELECT 1 FROM audit_entries e WHERE e.account_id = accounts.id AND e.kind = 'account_created' AND e.details LIKE '%"reason":"import"%');
