-- Locks: none but on the tables it makes.
CREATE TABLE conversations (
  id               uuid PRIMARY KEY,
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  subject          text NOT NULL,
  status           text NOT NULL CHECK (status IN ('open', 'closed')),
  assignee_id      text,
  participants     jsonb NOT NULL,
  preview          text NOT NULL,
  unread           boolean NOT NULL,
  message_count    integer NOT NULL,
  last_message_at  timestamptz NOT NULL,
  created_at       timestamptz NOT NULL
);
CREATE INDEX conversations_by_time ON conversations (email_account_id, status, last_message_at DESC, id DESC);

CREATE TABLE messages (
  id                    uuid PRIMARY KEY,
  email_account_id      uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  conversation_id       uuid NOT NULL REFERENCES conversations,
  message_key           bytea NOT NULL,
  message_id            text,
  direction             text NOT NULL CHECK (direction IN ('in', 'out')),
  subject               text NOT NULL,
  from_address          jsonb,
  sender_address        jsonb,
  to_addresses          jsonb NOT NULL,
  cc_addresses          jsonb NOT NULL,
  bcc_addresses         jsonb NOT NULL,
  reply_to_addresses    jsonb NOT NULL,
  in_reply_to           text[] NOT NULL,
  reference_ids         text[] NOT NULL,
  remote_conversation_id text,
  sent_at               timestamptz,
  received_at           timestamptz NOT NULL,
  flags                 text[] NOT NULL,
  preview               text NOT NULL,
  body_type             text NOT NULL CHECK (body_type IN ('text', 'html')),
  body                  text NOT NULL,
  has_attachments       boolean NOT NULL,
  imported              boolean NOT NULL,
  search                tsvector NOT NULL,
  created_at            timestamptz NOT NULL,
  UNIQUE (email_account_id, message_key)
);
CREATE INDEX messages_by_conversation ON messages (conversation_id, received_at, id);
CREATE INDEX messages_by_message_id ON messages (email_account_id, message_id);
CREATE INDEX messages_by_remote_conversation ON messages (email_account_id, remote_conversation_id);
CREATE INDEX messages_search ON messages USING gin (search);

-- Where the message lies on the server; moved mail gets another location and stays the same message.
CREATE TABLE message_locations (
  folder_id  uuid NOT NULL REFERENCES folders ON DELETE CASCADE,
  remote_id  text NOT NULL,
  message_id uuid NOT NULL REFERENCES messages ON DELETE CASCADE,
  PRIMARY KEY (folder_id, remote_id)
);
CREATE INDEX message_locations_by_message ON message_locations (message_id);

CREATE TABLE attachments (
  id           uuid PRIMARY KEY,
  message_id   uuid NOT NULL REFERENCES messages ON DELETE CASCADE,
  remote_id    text NOT NULL,
  name         text NOT NULL,
  content_type text NOT NULL,
  size_bytes   bigint NOT NULL,
  content_id   text,
  is_inline    boolean NOT NULL,
  UNIQUE (message_id, remote_id)
);

CREATE TABLE notes (
  id              uuid PRIMARY KEY,
  conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  author_id       text NOT NULL,
  body            text NOT NULL,
  created_at      timestamptz NOT NULL
);
