-- Locks: email_accounts, for the moment in which a column without a default is added.
-- Folder for sent mail that an admin chose; null: found by its mark (RFC 6154) or its name.
ALTER TABLE email_accounts ADD COLUMN sent_folder text;
