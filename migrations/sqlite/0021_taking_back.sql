-- When its owner last said that somebody else was in, and from when on nothing that was added is taken for the owner's.
ALTER TABLE accounts ADD COLUMN disowned_at INTEGER;
ALTER TABLE accounts ADD COLUMN disowned_since INTEGER;

-- Made by somebody who never proved that its address is theirs. Whoever proves it first is the owner, and what was set up before is void.
-- Of the accounts there are: those whose address nobody confirmed, but not those that the operator vouches for, who imported them or gave them a role.
ALTER TABLE accounts ADD COLUMN unproven INTEGER NOT NULL DEFAULT 0;
UPDATE accounts SET unproven = 1 WHERE email_verified_at IS NULL AND role = 'member' AND NOT EXISTS (SELECT 1 FROM audit_entries e WHERE e.account_id = accounts.id AND e.kind = 'account_created' AND e.details LIKE '%"reason":"import"%');
