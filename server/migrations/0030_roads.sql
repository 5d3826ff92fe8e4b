-- Locks: email_accounts, for as long as it takes to read it once.
-- By which road a mailbox is read, and by which it is sent from. A version before this one writes and reads Graph only.
ALTER TABLE email_accounts
  DROP CONSTRAINT email_accounts_receives_by_check,
  DROP CONSTRAINT email_accounts_sends_by_check,
  ADD CONSTRAINT email_accounts_receives_by_check CHECK (receives_by IN ('graph', 'imap')),
  ADD CONSTRAINT email_accounts_sends_by_check CHECK (sends_by IN ('graph', 'smtp')),
  -- Application permissions of other roads are of another kind; nobody has them yet.
  ADD CONSTRAINT email_accounts_application_roads
    CHECK (principal = 'grant' OR (receives_by = 'graph' AND sends_by = 'graph'));
