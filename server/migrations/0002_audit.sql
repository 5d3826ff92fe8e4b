-- Actions of admins.
CREATE TABLE audit_entries (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  actor   text NOT NULL,
  action  text NOT NULL,
  subject text NOT NULL,
  detail  jsonb NOT NULL,
  at      timestamptz NOT NULL
);
-- Entries of one object, newest first.
CREATE INDEX audit_entries_by_subject ON audit_entries (subject, id DESC);
-- The same by actor, by action and by time, for filters of the audit list.
CREATE INDEX audit_entries_by_actor ON audit_entries (actor, id DESC);
CREATE INDEX audit_entries_by_action ON audit_entries (action, id DESC);
CREATE INDEX audit_entries_by_time ON audit_entries (at);
