-- Ages in days after which mail of a mailbox is deleted here; null: never. Mail is deleted with whole conversations, see
-- docs/decisions/0055-retention-of-mail.md.
CREATE TABLE account_retention (
  email_account_id uuid PRIMARY KEY REFERENCES email_accounts ON DELETE CASCADE,
  messages_days    integer CHECK (messages_days BETWEEN 30 AND 3650),
  sources_days     integer CHECK (sources_days BETWEEN 30 AND 3650),
  -- Sources of messages with attachments.
  attachments_days integer CHECK (attachments_days BETWEEN 30 AND 3650),
  -- Deleted, and not in the audit list yet. Written with each batch, so that a run that is killed leaves its counts to the
  -- next one.
  unreported       jsonb NOT NULL DEFAULT '{}',
  -- End of the last run of this mailbox, complete or not. The mailbox with the least recent run comes first.
  last_run_at      timestamptz
);

-- Ages in days for the data of the installation; null: as without a row. At most one row.
CREATE TABLE installation_retention (
  one           boolean PRIMARY KEY DEFAULT true CHECK (one),
  events_days   integer CHECK (events_days BETWEEN 30 AND 3650),
  alerts_days   integer CHECK (alerts_days BETWEEN 30 AND 3650),
  audit_days    integer CHECK (audit_days BETWEEN 30 AND 3650),
  sign_ins_days integer CHECK (sign_ins_days BETWEEN 30 AND 3650),
  -- Audit entries and sign-ins that were deleted, and are not in the audit list yet.
  unreported    jsonb NOT NULL DEFAULT '{}',
  -- Start of the last hourly round, of whichever server.
  round_at      timestamptz
);

-- Stored mail of each mailbox, counted in the background.
CREATE TABLE account_sizes (
  email_account_id uuid PRIMARY KEY REFERENCES email_accounts ON DELETE CASCADE,
  messages         bigint NOT NULL DEFAULT 0,
  sources          bigint NOT NULL DEFAULT 0,
  -- As stored, compressed.
  source_bytes     bigint NOT NULL DEFAULT 0,
  attachments      bigint NOT NULL DEFAULT 0,
  -- As listed in the messages, stored or not.
  attachment_bytes bigint NOT NULL DEFAULT 0,
  -- Null: never counted to the end.
  counted_at       timestamptz,
  -- Sums and position of a count that continues (JSON of `SizesSoFar`).
  so_far           jsonb
);

-- Erasures with their reports, which name no person.
CREATE TABLE erasures (
  id         uuid PRIMARY KEY,
  actor      text NOT NULL,
  started_at timestamptz NOT NULL,
  -- In lower case. Null from the end on: the addresses are erased, too.
  addresses  text[],
  -- Step, and the last row that it has processed, for the next run.
  step       integer NOT NULL DEFAULT 0,
  position   text,
  -- Counts so far (JSON of `ErasureReport`). Written with each batch.
  report     jsonb NOT NULL,
  -- Incremented by each batch. A process that was overtaken by another one can't save its batch.
  batches    integer NOT NULL DEFAULT 0,
  -- Code of the error that keeps it from continuing.
  failed_as  text,
  ended_at   timestamptz,
  CHECK ((addresses IS NULL) = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX erasures_one_running ON erasures ((ended_at IS NULL)) WHERE ended_at IS NULL;

-- Replaces a text in a column of texts or JSON. Two functions of one name, chosen by the type of the column.
CREATE FUNCTION redacted(value text, expression text, replacement text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(value, expression, replacement, 'gi')
$$;
CREATE FUNCTION redacted(value jsonb, expression text, replacement text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT regexp_replace(value::text, expression, replacement, 'gi')::jsonb
$$;
