-- Locks: conversations against writing while the index is made, a second for a million rows.
-- Who sees every mailbox lists them together, latest first.
CREATE INDEX conversations_by_status ON conversations (status, last_message_at DESC, id DESC);
