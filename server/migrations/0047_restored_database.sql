-- Locks: none but on the tables it makes.
-- Tells a restored database from a continuing one: each installation keeps the highest counter that it has seen in a file
-- outside the database. The counter rises before a message is sent and at least once a minute. The current epoch is the
-- one without an end; a restore that was detected ends it, so that every server compares against it once.
CREATE TABLE database_epochs (
  id       uuid PRIMARY KEY,
  counter  bigint NOT NULL,
  -- Last activity.
  at       timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE UNIQUE INDEX database_epochs_current ON database_epochs ((true)) WHERE ended_at IS NULL;

CREATE TABLE database_restores (
  id          uuid PRIMARY KEY,
  reason      text NOT NULL CHECK (reason IN ('older', 'other-database', 'unknown-host')),
  -- Last activity that the restored database knows.
  from_at     timestamptz NOT NULL,
  -- Last activity that this installation knows; null without a state file.
  seen_at     timestamptz,
  detected_at timestamptz NOT NULL
);
CREATE INDEX database_restores_by_time ON database_restores (detected_at);

-- Submissions that may have been sent before the database was restored.
CREATE TABLE held_submissions (
  submission_id uuid PRIMARY KEY REFERENCES submissions ON DELETE CASCADE,
  restore_id    uuid NOT NULL REFERENCES database_restores,
  in_sent       text NOT NULL DEFAULT 'pending' CHECK (in_sent IN ('pending', 'found', 'not-found', 'unreadable')),
  -- When to look for its copy again.
  due_at        timestamptz NOT NULL
);
CREATE INDEX held_submissions_due ON held_submissions (due_at) WHERE in_sent = 'pending';
CREATE INDEX held_submissions_by_restore ON held_submissions (restore_id);
