-- Locks: submissions against writing, for as long as it takes to read it once.
-- What workers have under way is counted by mailbox at each claim. Of few rows; a sign of life changes nothing in it.
CREATE INDEX submissions_under_way ON submissions (email_account_id) WHERE claimed_by IS NOT NULL;
