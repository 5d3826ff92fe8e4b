-- Locks: none but on the table it makes.
-- Subscriptions at the server, which tells us of changes: a hint, the cursor is the truth.
CREATE TABLE graph_subscriptions (
  email_account_id  uuid PRIMARY KEY REFERENCES email_accounts ON DELETE CASCADE,
  remote_id         text NOT NULL UNIQUE,
  client_state_hash bytea NOT NULL,
  expires_at        timestamptz NOT NULL,
  renew_at          timestamptz NOT NULL,
  lifecycle_event   text,
  created_at        timestamptz NOT NULL
);
