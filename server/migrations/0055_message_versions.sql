-- Locks: messages, for a moment: a column without a default is added and no row is read.

-- Time at which the server last replaced the content of a message, such as an attachment that was scanned after delivery.
ALTER TABLE messages ADD COLUMN content_replaced_at timestamptz;

-- Earlier contents of messages, as they were before the server replaced them.
CREATE TABLE message_versions (
  id              uuid PRIMARY KEY,
  message_id      uuid NOT NULL REFERENCES messages ON DELETE CASCADE,
  replaced_at     timestamptz NOT NULL,
  preview         text NOT NULL,
  body_type       text NOT NULL CHECK (body_type IN ('text', 'html')),
  body            text NOT NULL,
  has_attachments boolean NOT NULL,
  -- Null where the attachments were never listed.
  attachments     jsonb,
  -- As in message_sources; null where the source was not kept.
  source          bytea
);
CREATE INDEX message_versions_of_message ON message_versions (message_id, replaced_at DESC);
-- It is compressed already.
ALTER TABLE message_versions ALTER COLUMN source SET STORAGE EXTERNAL;
