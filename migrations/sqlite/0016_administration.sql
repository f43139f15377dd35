-- What an administrator finds people by: an index of the pieces of three letters in their names. It knows rows by a number that stays
-- what it is (a rowid may change with VACUUM), and holds no text of its own.
CREATE TABLE account_numbers (
    number INTEGER PRIMARY KEY NOT NULL,
    account_id BLOB NOT NULL UNIQUE REFERENCES accounts (id) ON DELETE CASCADE
) STRICT;
INSERT INTO account_numbers (account_id) SELECT id FROM accounts ORDER BY id;
CREATE VIEW account_names AS
    SELECT n.number, a.display_name, a.username, a.email FROM account_numbers n JOIN accounts a ON a.id = n.account_id;
CREATE VIRTUAL TABLE account_search USING fts5 (
    display_name, username, email,
    content = 'account_names', content_rowid = 'number', tokenize = 'trigram', detail = none, columnsize = 0
);
INSERT INTO account_search (account_search) VALUES ('rebuild');

CREATE TRIGGER account_search_added AFTER INSERT ON accounts BEGIN
    INSERT INTO account_numbers (account_id) VALUES (new.id);
    INSERT INTO account_search (rowid, display_name, username, email)
        SELECT number, new.display_name, new.username, new.email FROM account_numbers WHERE account_id = new.id;
END;
CREATE TRIGGER account_search_changed AFTER UPDATE OF display_name, username, email ON accounts
WHEN old.display_name <> new.display_name OR old.username <> new.username OR old.email <> new.email BEGIN
    INSERT INTO account_search (account_search, rowid, display_name, username, email)
        SELECT 'delete', number, old.display_name, old.username, old.email FROM account_numbers WHERE account_id = old.id;
    INSERT INTO account_search (rowid, display_name, username, email)
        SELECT number, new.display_name, new.username, new.email FROM account_numbers WHERE account_id = new.id;
END;
CREATE TRIGGER account_search_removed BEFORE DELETE ON accounts BEGIN
    INSERT INTO account_search (account_search, rowid, display_name, username, email)
        SELECT 'delete', number, old.display_name, old.username, old.email FROM account_numbers WHERE account_id = old.id;
    DELETE FROM account_numbers WHERE account_id = old.id;
END;

-- The few that are not like the others.
CREATE INDEX accounts_staff ON accounts (id) WHERE role <> 'member';
CREATE INDEX accounts_disabled ON accounts (id) WHERE disabled_at IS NOT NULL;
CREATE INDEX accounts_locked ON accounts (id) WHERE frozen_at IS NOT NULL;
CREATE INDEX mails_given_up ON mails (created_at) WHERE sealed IS NULL AND sent_at IS NULL;

-- Everybody's entries of one kind.
CREATE INDEX audit_kind ON audit_entries (kind, sequence);
