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
CREATE INDEX conversations_by_assignee ON conversations (assignee_id, last_message_at DESC, id DESC);

-- Every Message-ID that leads to a conversation: of its messages, of what they answer or name in References, and of
-- what we are about to send. Mail is imported newest first, so answers come before what they answer.
CREATE TABLE conversation_message_ids (
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  message_id       text NOT NULL,
  conversation_id  uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  PRIMARY KEY (email_account_id, message_id)
);
CREATE INDEX conversation_message_ids_by_conversation ON conversation_message_ids (conversation_id);

CREATE TABLE messages (
  id                    uuid PRIMARY KEY,
  email_account_id      uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  conversation_id       uuid NOT NULL REFERENCES conversations,
  message_key           bytea NOT NULL,
  -- The last id that the server had for it; its places are in message_locations.
  remote_id             text NOT NULL,
  presence              text NOT NULL CHECK (presence IN ('present', 'unconfirmed', 'elsewhere', 'gone')),
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
  unread                boolean NOT NULL,
  preview               text NOT NULL,
  body_type             text NOT NULL CHECK (body_type IN ('text', 'html')),
  body                  text NOT NULL,
  has_attachments       boolean NOT NULL,
  attachments_known     boolean NOT NULL DEFAULT false,
  imported              boolean NOT NULL,
  search                tsvector NOT NULL,
  created_at            timestamptz NOT NULL,
  UNIQUE (email_account_id, message_key)
);
CREATE INDEX messages_by_conversation ON messages (conversation_id, received_at, id);
CREATE INDEX messages_unread ON messages (conversation_id) WHERE unread;
CREATE INDEX messages_by_remote_id ON messages (email_account_id, remote_id);
CREATE INDEX messages_unconfirmed ON messages (email_account_id) WHERE presence = 'unconfirmed';
CREATE INDEX messages_by_message_id ON messages (email_account_id, message_id);
CREATE INDEX messages_by_remote_conversation ON messages (email_account_id, remote_conversation_id);
CREATE INDEX messages_search ON messages USING gin (search);

-- Where the message lies on the server; moved mail gets another location and stays the same message.
CREATE TABLE message_locations (
  folder_id  uuid NOT NULL REFERENCES folders ON DELETE CASCADE,
  remote_id  text NOT NULL,
  message_id uuid NOT NULL REFERENCES messages ON DELETE CASCADE,
  -- The round of reading (folders.cursor_round) in which it was last met.
  round      integer NOT NULL,
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
  kind         text NOT NULL CHECK (kind IN ('file', 'item', 'link')),
  UNIQUE (message_id, remote_id)
);

CREATE TABLE notes (
  id              uuid PRIMARY KEY,
  conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  author_id       text NOT NULL,
  body            text NOT NULL,
  created_at      timestamptz NOT NULL
);
CREATE INDEX notes_by_conversation ON notes (conversation_id, id);

CREATE TABLE drafts (
  id               uuid PRIMARY KEY,
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  conversation_id  uuid REFERENCES conversations ON DELETE CASCADE,
  author_id        text NOT NULL,
  content          jsonb NOT NULL,
  version          integer NOT NULL,
  updated_at       timestamptz NOT NULL
);
CREATE INDEX drafts_by_author ON drafts (author_id, updated_at);
CREATE INDEX drafts_by_conversation ON drafts (conversation_id);

-- What could not be stored, and why: the folder goes on, and the message can be tried again by its id.
CREATE TABLE unfiled_messages (
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  remote_id        text NOT NULL,
  folder_remote_id text NOT NULL,
  reason           text NOT NULL,
  at               timestamptz NOT NULL,
  PRIMARY KEY (email_account_id, remote_id)
);
