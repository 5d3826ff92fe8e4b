-- Schedule, lease and progress of sync in an email account. Each row is created with its account. Sync writes it several
-- times a minute, and the wide row of the account only when its state changes.
CREATE TABLE account_sync_states (
  email_account_id uuid PRIMARY KEY REFERENCES email_accounts ON DELETE CASCADE,
  -- `wakes` counts wake-ups, so that one that arrives during a run is not lost at its end.
  due_at           timestamptz NOT NULL,
  wakes            integer NOT NULL DEFAULT 0,
  -- Fencing token of the lease.
  fence            bigint NOT NULL DEFAULT 0,
  -- Failures since the last success, and the time before which a server asked not to be tried again.
  attempts         integer NOT NULL DEFAULT 0,
  next_try_at      timestamptz,
  push             text NOT NULL DEFAULT 'polling' CHECK (push IN ('active', 'polling', 'failed')),
  push_reason      text,

  complete_up_to   timestamptz,
  -- Last complete read, or last stored page of an import: the proof of life. The absence of errors is no proof.
  last_read_at     timestamptz,
  last_received_at timestamptz,
  last_sent_at     timestamptz,
  -- About once an hour the newest messages are listed without a cursor: next check, last check that found nothing
  -- missing, number of checks that found a message missed by sync.
  check_due_at     timestamptz,
  checked_at       timestamptz,
  checks_failed    integer NOT NULL DEFAULT 0
)
-- Each run changes the row twice. Without an index on the changed columns, and with free space on each page, a change
-- writes no index entry and a third less WAL (docs/decisions/0030). A query for due accounts reads all rows: a thousand
-- take a fraction of a millisecond.
WITH (fillfactor = 50);

-- Progress of sync in a folder. Each row is created with its folder.
CREATE TABLE folder_sync_states (
  folder_id      uuid PRIMARY KEY REFERENCES folders ON DELETE CASCADE,
  cursor         jsonb,
  cursor_round   integer NOT NULL DEFAULT 0,
  -- The server no longer knows the cursor, and the round that reads the folder again from the start is unfinished.
  rereading      boolean NOT NULL DEFAULT false,
  imported       boolean NOT NULL DEFAULT false,
  imported_count integer NOT NULL DEFAULT 0,
  complete_up_to timestamptz,

  -- Messages that the last check listed and sync has not stored; time of the last full read because of them.
  missed_ids     text[] NOT NULL DEFAULT '{}',
  reread_at      timestamptz,

  -- About once an hour reconciliation compares the folder on the server with the stored messages: last comparison, last
  -- comparison of every id, number of comparisons, missing messages found, messages of these stored, unreported
  -- removals.
  compared_at    timestamptz,
  listed_at      timestamptz,
  comparisons    integer NOT NULL DEFAULT 0,
  missing_found  integer NOT NULL DEFAULT 0,
  brought_in     integer NOT NULL DEFAULT 0,
  left_found     integer NOT NULL DEFAULT 0
) WITH (fillfactor = 70);

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
