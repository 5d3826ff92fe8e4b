-- Tells a restored database from a continuing one. Each installation keeps the highest counter that it has seen in a
-- file outside the database. The counter rises before a message is sent and at least once a minute. The current epoch
-- is the one without ended_at. A detected restore ends it, so that every server compares against it once.
CREATE TABLE database_epochs (
  id          uuid PRIMARY KEY,
  counter     bigint NOT NULL,
  -- Last activity.
  at          timestamptz NOT NULL,
  ended_at    timestamptz,
  -- Set in the current epoch by `postkey restore`. The next server ends the epoch, regardless of its state file.
  restored_at timestamptz
);
-- At most one current epoch.
CREATE UNIQUE INDEX database_epochs_current ON database_epochs ((true)) WHERE ended_at IS NULL;

CREATE TABLE database_restores (
  id          uuid PRIMARY KEY,
  reason      text NOT NULL CHECK (reason IN ('restored', 'older', 'other-database', 'unknown-host')),
  -- Last activity recorded in the restored database.
  from_at     timestamptz NOT NULL,
  -- Last activity recorded by this installation; null without a state file.
  seen_at     timestamptz,
  detected_at timestamptz NOT NULL
);
CREATE INDEX database_restores_by_time ON database_restores (detected_at);
