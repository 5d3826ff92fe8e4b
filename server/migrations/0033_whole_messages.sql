-- Locks: submissions and email_accounts, for a moment to add empty columns and while an index of what was begun is made.
-- What is handed over whole (SMTP) and not by a draft. A version before this one sends by drafts only.
ALTER TABLE submissions
  -- Nobody knew whether it went out when somebody wanted it to be sent again: Sent is looked at before.
  ADD COLUMN was_unclear boolean NOT NULL DEFAULT false,
  -- What the server said, for people.
  ADD COLUMN state_detail text;
CREATE INDEX submissions_begun ON submissions (email_account_id, send_begun_at) WHERE send_begun_at IS NOT NULL;
-- Why it is this road: `chosen` by somebody, or the code of what closed the other one; null for what is usual.
ALTER TABLE email_accounts
  ADD COLUMN receives_by_reason text,
  ADD COLUMN sends_by_reason text;
