-- Locks: email_accounts and folders for a moment; constant defaults rewrite nothing.
-- About once an hour a mailbox is asked past its cursors for its newest messages: when that is due, when it was passed
-- last, and how often something was there that no reading had brought.
ALTER TABLE email_accounts
  ADD COLUMN check_due_at  timestamptz,
  ADD COLUMN checked_at    timestamptz,
  ADD COLUMN checks_failed integer NOT NULL DEFAULT 0;

-- What the last check listed and we do not have; when it was read again from the start for its sake.
ALTER TABLE folders
  ADD COLUMN missed_ids text[] NOT NULL DEFAULT '{}',
  ADD COLUMN reread_at  timestamptz;
