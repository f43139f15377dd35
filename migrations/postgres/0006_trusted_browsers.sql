-- When somebody last showed a second factor in this browser; none once the factors change. Wrong codes that come from such a
-- browser are counted for it alone.
ALTER TABLE devices ADD COLUMN proved_at BIGINT;

-- Browsers in which the password alone signs in, until expires_at. They are recognised by the cookie of devices, whose token is made
-- anew when its browser is trusted. user_agent is that of the sign-in: the owner finds it in a list.
CREATE TABLE trusted_browsers (
    device_id UUID PRIMARY KEY NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX trusted_browsers_account ON trusted_browsers (account_id);
CREATE INDEX trusted_browsers_expiry ON trusted_browsers (expires_at);

-- As factor_failures, of one browser.
CREATE TABLE device_failures (
    device_id UUID PRIMARY KEY NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    failures BIGINT NOT NULL,
    last_failed_at BIGINT NOT NULL
);
