-- Locks: conversation_message_ids, messages, conversations and email_accounts, for a moment each.
-- Message-IDs that we sent: what a bounce must name to belong to a conversation.
ALTER TABLE conversation_message_ids ADD COLUMN ours boolean NOT NULL DEFAULT false;
UPDATE conversation_message_ids AS lead SET ours = true FROM messages
  WHERE messages.email_account_id = lead.email_account_id AND messages.message_id = lead.message_id
    AND messages.direction = 'out';

-- Of a delivery report: the Message-ID that it is about. Of any message: its subject left the conversation's, and a
-- person has yet to say whether it stays.
ALTER TABLE messages
  ADD COLUMN reports_on text,
  ADD COLUMN split_proposed boolean NOT NULL DEFAULT false;
CREATE INDEX messages_by_report ON messages (email_account_id, reports_on) WHERE reports_on IS NOT NULL;

-- A conversation whose messages went into another one: whoever still comes to it is led there.
ALTER TABLE conversations ADD COLUMN merged_into uuid REFERENCES conversations ON DELETE CASCADE;
CREATE INDEX conversations_merged_into ON conversations (merged_into) WHERE merged_into IS NOT NULL;

-- Whether mail of the same sender and subject joins when nothing else leads anywhere; and under which name the server
-- of the mailbox writes what it found out about senders (RFC 8601). Null: none is trusted.
ALTER TABLE email_accounts
  ADD COLUMN joins_by_subject boolean NOT NULL DEFAULT false,
  ADD COLUMN trusted_auth_serv_id text;
