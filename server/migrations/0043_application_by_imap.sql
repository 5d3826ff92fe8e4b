-- Locks: email_accounts, for as long as it takes to read it once.
-- The application itself reads by either road; it sends by Graph only. A version before this one reads such a mailbox by
-- IMAP as well, and cannot choose it.
ALTER TABLE email_accounts
  DROP CONSTRAINT email_accounts_application_roads,
  ADD CONSTRAINT email_accounts_application_roads CHECK (principal <> 'application' OR sends_by = 'graph');
