-- Change-notification subscriptions at Graph. A notification is a hint; the cursor decides.
CREATE TABLE graph_subscriptions (
  email_account_id  uuid PRIMARY KEY REFERENCES email_accounts ON DELETE CASCADE,
  remote_id         text NOT NULL UNIQUE,
  client_state_hash bytea NOT NULL,
  expires_at        timestamptz NOT NULL,
  renew_at          timestamptz NOT NULL,
  lifecycle_event   text,
  created_at        timestamptz NOT NULL
);

-- Messages that could not be stored, with the reason. Their folder continues, and each is retried by its id.
CREATE TABLE unfiled_messages (
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  remote_id        text NOT NULL,
  folder_remote_id text NOT NULL,
  reason           text NOT NULL,
  at               timestamptz NOT NULL,
  attempts         integer NOT NULL DEFAULT 1,
  -- Null: at the next run of the account.
  next_try_at      timestamptz,
  PRIMARY KEY (email_account_id, remote_id)
);
