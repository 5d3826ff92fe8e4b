-- Locks: unfiled_messages, for the moment in which columns are added.
-- What could not be stored is tried again; without a time, at the next turn of its account.
ALTER TABLE unfiled_messages
  ADD COLUMN attempts integer NOT NULL DEFAULT 1,
  ADD COLUMN next_try_at timestamptz;
