-- Locks: submissions against writing while the index is made, a moment for what a team sends.
-- A conversation tells who sent its messages, and each message that goes is looked for here.
CREATE INDEX submissions_by_sent_message ON submissions (sent_message_id) WHERE sent_message_id IS NOT NULL;
