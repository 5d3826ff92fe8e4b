-- Account batches: many mailboxes that are connected together, in the background. See docs/decisions/0078-account-batches.md.
-- Locks: cloud_providers ShareRowExclusiveLock, grants ShareRowExclusiveLock, email_accounts ShareRowExclusiveLock
-- Beside the previous version: it ignores both tables. Batches wait until a server of this version runs.

CREATE TABLE account_batches (
  id                uuid PRIMARY KEY,
  status            text NOT NULL CHECK (status IN ('running', 'completed', 'canceled')),
  -- Actor and Idempotency-Key, with a hash of the request.
  request_key       text UNIQUE,
  request_hash      bytea NOT NULL,
  created_by        text NOT NULL,
  -- Creator, or the admin who tried failed rows again: connects the mailboxes, as long as they may.
  acts_as           text NOT NULL,
  created_at        timestamptz NOT NULL,
  -- Absent as long as a row waits or is checked, also in a canceled batch.
  ended_at          timestamptz,
  cloud_provider_id uuid NOT NULL REFERENCES cloud_providers ON DELETE CASCADE,
  -- The application in this organization opens the mailboxes, or the grant does. A batch without both fails.
  tenant_id         text,
  grant_id          uuid REFERENCES grants ON DELETE SET NULL,
  closes_older_than integer,
  -- People who get access to each mailbox.
  member_ids        text[] NOT NULL DEFAULT '{}',
  -- Time before which Microsoft wants no further requests.
  paused_until      timestamptz
);
CREATE INDEX account_batches_open ON account_batches (cloud_provider_id, id) WHERE ended_at IS NULL;
CREATE INDEX account_batches_by_creator ON account_batches (created_by, id);
CREATE INDEX account_batches_by_grant ON account_batches (grant_id);
CREATE INDEX account_batches_ended ON account_batches (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE account_batch_rows (
  batch_id         uuid NOT NULL REFERENCES account_batches ON DELETE CASCADE,
  -- Line in the file, or place in the list.
  line             integer NOT NULL,
  address          text NOT NULL,
  kind             text NOT NULL CHECK (kind IN ('user', 'shared')),
  name             text NOT NULL,
  key              text,
  contact          text NOT NULL,
  import_days      integer,
  state            text NOT NULL CHECK (state IN ('waiting', 'checking', 'connected', 'already-connected', 'duplicate', 'failed', 'canceled')),
  -- Counts claims: a row that another process has claimed meanwhile is not written.
  claims           integer NOT NULL DEFAULT 0,
  -- Tries in a row that met a transient error.
  attempts         integer NOT NULL DEFAULT 0,
  next_try_at      timestamptz,
  error_code       text,
  error_detail     text,
  duplicate_of     integer,
  email_account_id uuid REFERENCES email_accounts ON DELETE SET NULL,
  PRIMARY KEY (batch_id, line)
);
CREATE INDEX account_batch_rows_open ON account_batch_rows (batch_id, line) WHERE state IN ('waiting', 'checking');
CREATE INDEX account_batch_rows_by_account ON account_batch_rows (email_account_id);
