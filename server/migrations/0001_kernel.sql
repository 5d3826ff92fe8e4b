-- Locks: none but on the tables it makes.
-- Check record of the key ring: a sealed known text per key, so that a wrong key is noticed at the start.
CREATE TABLE encryption_keys (
  key_id      text PRIMARY KEY,
  check_value bytea NOT NULL,
  created_at  timestamptz NOT NULL
);

-- What happened, written in the transaction in which it happened.
CREATE TABLE events (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind             text NOT NULL,
  email_account_id uuid,
  subject_id       text NOT NULL,
  payload          jsonb NOT NULL,
  at               timestamptz NOT NULL
);
CREATE INDEX events_by_account ON events (email_account_id, id);

-- What admins did.
CREATE TABLE audit_entries (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  actor   text NOT NULL,
  action  text NOT NULL,
  subject text NOT NULL,
  detail  jsonb NOT NULL,
  at      timestamptz NOT NULL
);
