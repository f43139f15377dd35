-- Entries whose personal details are still there, by their time: those that are old enough are erased. What is erased leaves it.
CREATE INDEX audit_details ON audit_entries (at) WHERE salt IS NOT NULL;

-- Mails that are done with, by when they were; one that was given up has no sent_at.
CREATE INDEX mails_finished ON mails (COALESCE(sent_at, created_at)) WHERE sealed IS NULL;
