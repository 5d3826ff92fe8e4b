-- Locks: messages against writing while the index is built, one to three seconds for a million rows; it holds only the few
-- messages without a Message-ID.
-- They are recognized by their bytes among those that were received at the same time.
CREATE INDEX messages_without_id ON messages (email_account_id, received_at) WHERE message_id IS NULL;
