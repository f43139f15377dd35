-- When the operator's rules first met this person without a second factor: from then on the days of grace are counted.
ALTER TABLE accounts ADD COLUMN second_factor_asked_at BIGINT;
-- Whether the password was long enough, when it was chosen, to be the only thing that is asked for. All were so far.
ALTER TABLE accounts ADD COLUMN password_stands_alone BOOLEAN NOT NULL DEFAULT TRUE;

-- What the sign-in waits for, and whether its account was made just now.
ALTER TABLE pending_logins ADD COLUMN stage TEXT NOT NULL DEFAULT 'second_factor';
ALTER TABLE pending_logins ADD COLUMN new_account BOOLEAN NOT NULL DEFAULT FALSE;

-- A draft belongs to a session, or to a sign-in that waits.
ALTER TABLE factor_drafts RENAME COLUMN session_handle TO holder;
