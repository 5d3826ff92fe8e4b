-- Locks: none but on the tables it makes.
CREATE TABLE email_accounts (
  id                uuid PRIMARY KEY,
  key               text NOT NULL UNIQUE CHECK (key ~ '^[A-Z0-9]{1,5}$'),
  name              text NOT NULL,
  address           text NOT NULL,
  kind              text NOT NULL CHECK (kind IN ('user', 'shared')),
  contact           text NOT NULL,
  cloud_provider_id uuid NOT NULL REFERENCES cloud_providers,
  grant_id          uuid NOT NULL REFERENCES grants,
  receives_by       text NOT NULL CHECK (receives_by IN ('graph')),
  sends_by          text NOT NULL CHECK (sends_by IN ('graph')),
  import_from       timestamptz NOT NULL,
  state             text NOT NULL,
  state_reason      text,
  state_since       timestamptz NOT NULL,
  next_try_at       timestamptz,
  attempts          integer NOT NULL DEFAULT 0,
  due_at            timestamptz NOT NULL,
  -- Counts the wake-ups, so that one that comes in the middle of a run is not lost at its end.
  wakes             integer NOT NULL DEFAULT 0,
  fence             bigint NOT NULL DEFAULT 0,
  complete_up_to    timestamptz,
  last_received_at  timestamptz,
  last_sent_at      timestamptz,
  preflight         jsonb,
  push              text NOT NULL DEFAULT 'polling' CHECK (push IN ('active', 'polling', 'failed')),
  push_reason       text,
  created_at        timestamptz NOT NULL
);
CREATE UNIQUE INDEX email_accounts_address ON email_accounts (cloud_provider_id, lower(address));
CREATE INDEX email_accounts_due ON email_accounts (due_at);

CREATE TABLE folders (
  id               uuid PRIMARY KEY,
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  remote_id        text NOT NULL,
  name             text NOT NULL,
  role             text,
  synced           boolean NOT NULL,
  cursor           jsonb,
  cursor_round     integer NOT NULL DEFAULT 0,
  -- The server forgot our cursor, and the round that reads everything again is not at its end.
  rereading        boolean NOT NULL DEFAULT false,
  imported         boolean NOT NULL DEFAULT false,
  imported_count   integer NOT NULL DEFAULT 0,
  remote_total     integer,
  complete_up_to   timestamptz,
  UNIQUE (email_account_id, remote_id)
);
