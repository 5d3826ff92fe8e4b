-- Locks: email_accounts, for as long as it takes to read it once.
-- Who opens a mailbox: a person by their grant, or the application itself. A version before this one writes grants.
ALTER TABLE email_accounts
  ALTER COLUMN grant_id DROP NOT NULL,
  ADD COLUMN principal text NOT NULL DEFAULT 'grant' CHECK (principal IN ('grant', 'application')),
  ADD CONSTRAINT email_accounts_principal_grant CHECK ((principal = 'grant') = (grant_id IS NOT NULL));
