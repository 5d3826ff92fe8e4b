-- Locks: none but on the tables it makes.
CREATE TABLE submissions (
  id                uuid PRIMARY KEY,
  email_account_id  uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  conversation_id   uuid REFERENCES conversations,
  idempotency_key   text NOT NULL,
  -- Of what was asked for, so that a key that is used again for something else is noticed.
  request_hash      bytea NOT NULL,
  message_id        text NOT NULL UNIQUE,
  content           jsonb NOT NULL,
  state             text NOT NULL CHECK (state IN ('queued', 'sending', 'handed-over', 'sent', 'unknown', 'failed', 'canceled')),
  state_reason      text,
  remote_draft_id   text,
  -- Set before the server is first asked to send the draft: from then on only that draft may ever be sent.
  send_begun_at     timestamptz,
  handed_over_at    timestamptz,
  sent_message_id   uuid REFERENCES messages ON DELETE SET NULL,
  remote_message_id text,
  attempts          integer NOT NULL DEFAULT 0,
  due_at            timestamptz NOT NULL,
  -- When to look for drafts that an attempt left behind.
  tidy_at           timestamptz,
  claimed_by        text,
  lease_until       timestamptz,
  fence             bigint NOT NULL DEFAULT 0,
  submitted_by      text NOT NULL,
  created_at        timestamptz NOT NULL,
  UNIQUE (email_account_id, idempotency_key)
);
CREATE INDEX submissions_due ON submissions (due_at) WHERE state IN ('queued', 'sending', 'handed-over');
CREATE INDEX submissions_untidy ON submissions (tidy_at) WHERE tidy_at IS NOT NULL;
CREATE INDEX submissions_by_conversation ON submissions (conversation_id, id);
CREATE INDEX submissions_by_remote_draft ON submissions (email_account_id, remote_draft_id);

-- The bytes are dropped once the message is sent.
CREATE TABLE submission_attachments (
  submission_id uuid NOT NULL REFERENCES submissions ON DELETE CASCADE,
  position      integer NOT NULL,
  name          text NOT NULL,
  content_type  text NOT NULL,
  content_id    text,
  is_inline     boolean NOT NULL,
  size_bytes    bigint NOT NULL,
  content       bytea,
  PRIMARY KEY (submission_id, position)
);
