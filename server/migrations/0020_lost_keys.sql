-- Locks: encryption_keys, for as long as it takes to add a column.
-- A key that an admin has declared lost: Postkey starts without it, and what lies under it is to be entered anew.
ALTER TABLE encryption_keys ADD COLUMN given_up_at timestamptz;
