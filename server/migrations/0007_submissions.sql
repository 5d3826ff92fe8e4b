-- Locks: none but on the tables it makes.
CREATE TABLE submissions (
  id                uuid PRIMARY KEY,
  email_account_id  uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  conversation_id   uuid REFERENCES conversations,
  idempotency_key   text,
  message_id        text NOT NULL UNIQUE,
  content           jsonb NOT NULL,
  state             text NOT NULL CHECK (state IN ('queued', 'sending', 'handed-over', 'sent', 'unknown', 'failed')),
  state_reason      text,
  remote_draft_id   text,
  sent_message_id   uuid REFERENCES messages,
  remote_message_id text,
  attempts          integer NOT NULL DEFAULT 0,
  due_at            timestamptz NOT NULL,
  claimed_by        text,
  lease_until       timestamptz,
  fence             bigint NOT NULL DEFAULT 0,
  submitted_by      text NOT NULL,
  created_at        timestamptz NOT NULL,
  UNIQUE (email_account_id, idempotency_key)
);
CREATE INDEX submissions_due ON submissions (due_at) WHERE state IN ('queued', 'sending', 'handed-over');
