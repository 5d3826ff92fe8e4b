-- Locks: email_accounts, for the moment in which a column with a constant default is added.
-- Chosen folders that disappeared from the server, as [{"name": …, "at": …}], until an admin chooses folders again.
ALTER TABLE email_accounts ADD COLUMN lost_folders jsonb NOT NULL DEFAULT '[]';
