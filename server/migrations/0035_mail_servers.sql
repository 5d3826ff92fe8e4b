-- Locks: email_accounts, for as long as it takes to read it once.
-- Mailboxes of any mail server, opened with a password and without a cloud provider. A version before this one cannot
-- show them.
ALTER TABLE email_accounts
  ALTER COLUMN cloud_provider_id DROP NOT NULL,
  ADD COLUMN servers jsonb,
  DROP CONSTRAINT email_accounts_principal_check,
  ADD CONSTRAINT email_accounts_principal_check CHECK (principal IN ('grant', 'application', 'password')),
  DROP CONSTRAINT email_accounts_application_roads,
  ADD CONSTRAINT email_accounts_application_roads
    CHECK (principal <> 'application' OR (receives_by = 'graph' AND sends_by = 'graph')),
  ADD CONSTRAINT email_accounts_password_servers CHECK (
    (principal = 'password') = (servers IS NOT NULL)
    AND (principal = 'password') = (cloud_provider_id IS NULL)
    AND (principal <> 'password' OR (receives_by = 'imap' AND sends_by = 'smtp'))
  );
CREATE UNIQUE INDEX email_accounts_address_of_servers ON email_accounts (lower(address)) WHERE cloud_provider_id IS NULL;

-- `bound_to` is part of what it is sealed with: the servers, ports, TLS, authorities and the user name that it is for.
CREATE TABLE mail_passwords (
  email_account_id uuid PRIMARY KEY REFERENCES email_accounts ON DELETE CASCADE,
  bound_to         text NOT NULL,
  sealed           bytea NOT NULL,
  key_id           text NOT NULL REFERENCES encryption_keys
);
