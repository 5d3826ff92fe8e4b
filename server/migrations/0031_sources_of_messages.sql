-- Locks: messages, for a moment; the index is built while mail waits.
-- What a message is besides its text: automatic, a bounce, an invitation, quarantined (JSON of `Marks`).
ALTER TABLE messages ADD COLUMN marks jsonb NOT NULL DEFAULT '{}';
CREATE INDEX messages_quarantined ON messages (email_account_id, received_at DESC, id DESC) WHERE marks ? 'quarantine';

-- The message as it came (RFC 5322), where it was read by its source: it can be read again by a later version.
CREATE TABLE message_sources (
  message_id uuid PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
  encoding   text NOT NULL CHECK (encoding IN ('zstd')),
  size_bytes bigint NOT NULL,
  content    bytea NOT NULL
);
-- It is compressed already.
ALTER TABLE message_sources ALTER COLUMN content SET STORAGE EXTERNAL;
