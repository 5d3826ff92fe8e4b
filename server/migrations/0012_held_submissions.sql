-- Locks: submissions, for the moment in which a column is added that has no value yet.
-- Nothing is handed over before: the time in which whoever wrote it can still take it back.
ALTER TABLE submissions ADD COLUMN not_before timestamptz;
