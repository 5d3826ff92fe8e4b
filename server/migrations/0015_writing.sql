-- Signature of a person, used instead of that of the mailbox. Placeholders are filled where a message is written.
CREATE TABLE agent_signatures (
  user_id    text PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  text       text NOT NULL,
  html       text NOT NULL,
  updated_at timestamptz NOT NULL
);

-- Prepared texts. Personal ones are deleted with their person; shared ones stay.
CREATE TABLE canned_responses (
  id           uuid PRIMARY KEY,
  -- Null: shared with the organization.
  owner_id     text REFERENCES users ON DELETE CASCADE,
  created_by   text NOT NULL,
  -- Names from the top folder down, separated by slashes; empty at the top.
  folder       text NOT NULL,
  name         text NOT NULL,
  text         text NOT NULL,
  html         text NOT NULL,
  used_count   integer NOT NULL DEFAULT 0,
  last_used_at timestamptz,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL
);
-- The list of a person: the shared ones, and the person's own.
CREATE INDEX canned_responses_of_owner ON canned_responses (owner_id);

CREATE TABLE canned_response_attachments (
  id                 uuid PRIMARY KEY,
  canned_response_id uuid NOT NULL REFERENCES canned_responses ON DELETE CASCADE,
  name               text NOT NULL,
  content_type       text NOT NULL,
  size_bytes         integer NOT NULL,
  content            bytea NOT NULL
);
CREATE INDEX canned_response_attachments_of_response ON canned_response_attachments (canned_response_id);
