-- What an administrator finds people by, and the pieces of three letters in it: a part of a name is found by its pieces, whatever the
-- number of accounts. An index of arrays needs no extension, which an operator's database may not allow.
ALTER TABLE accounts ADD COLUMN search_text TEXT NOT NULL GENERATED ALWAYS AS (lower(display_name || chr(10) || username || chr(10) || email)) STORED;
CREATE FUNCTION account_trigrams(searched TEXT) RETURNS TEXT[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT array_agg(DISTINCT substr(searched, i, 3)) FROM generate_series(1, length(searched) - 2) i $$;
CREATE INDEX accounts_search ON accounts USING gin (account_trigrams(search_text));

-- The few that are not like the others.
CREATE INDEX accounts_staff ON accounts (id) WHERE role <> 'member';
CREATE INDEX accounts_disabled ON accounts (id) WHERE disabled_at IS NOT NULL;
CREATE INDEX accounts_locked ON accounts (id) WHERE frozen_at IS NOT NULL;
CREATE INDEX mails_given_up ON mails (created_at) WHERE sealed IS NULL AND sent_at IS NULL;

-- Everybody's entries of one kind.
CREATE INDEX audit_kind ON audit_entries (kind, sequence);
