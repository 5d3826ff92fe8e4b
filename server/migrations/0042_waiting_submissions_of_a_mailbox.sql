-- Locks: submissions against writing while the index is made, a moment for what waits to be sent.
-- What a mailbox has to send next, however much waits at others.
CREATE INDEX submissions_due_of_account ON submissions (email_account_id, due_at)
  WHERE state IN ('queued', 'sending', 'handed-over');
