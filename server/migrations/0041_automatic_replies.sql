-- Locks: email_accounts and submissions, for a moment: nothing is written into their rows; the index reads no row, for
-- there is none yet that it is of.
-- The acknowledgement with which a mailbox answers by itself; null where it never did.
ALTER TABLE email_accounts ADD COLUMN automatic_reply jsonb;

-- Whom a submission answers that nobody wrote, in lower case; null for all that people and programs submit.
ALTER TABLE submissions ADD COLUMN answers_by_itself text;
CREATE INDEX submissions_by_themselves ON submissions (email_account_id, created_at) WHERE answers_by_itself IS NOT NULL;
