-- Locks: authorizations, for as long as it takes to add a column.
-- Whose mailbox is wanted: only its owner opens that of a user without further rights.
ALTER TABLE authorizations ADD COLUMN wanted_kind text CHECK (wanted_kind IN ('user', 'shared'));
