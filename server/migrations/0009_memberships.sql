-- Locks: email_accounts and memberships, for as long as it takes to look through memberships (few rows).
-- The mailbox that is deleted takes along who may see it.
ALTER TABLE memberships
  ADD FOREIGN KEY (email_account_id) REFERENCES email_accounts ON DELETE CASCADE;
