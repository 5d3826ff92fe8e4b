-- Backups of this database: those by schedule, and successful ones of the command line. A row states that a backup was
-- written, not that its file still exists. A backup never contains its own row.
CREATE TABLE backups (
  id         uuid PRIMARY KEY,
  made_by    text NOT NULL CHECK (made_by IN ('schedule', 'command')),
  -- Host name.
  server     text NOT NULL,
  started_at timestamptz NOT NULL,
  -- Null while it runs, and after its process was killed.
  ended_at   timestamptz,
  -- Code of the error of a failed backup, and its cause.
  code       text,
  cause      text,
  -- The file of a complete backup.
  path       text,
  size_bytes bigint,
  -- Deletion of the file by its age or number.
  deleted_at timestamptz,
  CHECK ((ended_at IS NULL) = (code IS NULL AND path IS NULL)),
  CHECK ((path IS NULL) = (size_bytes IS NULL))
);
CREATE INDEX backups_by_start ON backups (started_at);
