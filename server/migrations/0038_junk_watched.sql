-- Locks: email_accounts for a moment; a constant default rewrites nothing.
-- Whether Junk is looked at for answers to what we wrote, where it is not read as a whole. A version before this one
-- does not look.
ALTER TABLE email_accounts ADD COLUMN watches_junk boolean NOT NULL DEFAULT true;
