-- Locks: email_accounts, for as long as it takes to add a trigger.
-- Keys and links name mailboxes in arrays, which no foreign key can hold. A key of which nothing is left sees nothing:
-- the array becomes empty and never NULL, which would mean every mailbox.
CREATE FUNCTION forget_email_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE api_keys SET email_account_ids = array_remove(email_account_ids, OLD.id)
    WHERE OLD.id = ANY (email_account_ids);
  UPDATE person_links SET email_account_ids = array_remove(email_account_ids, OLD.id)
    WHERE OLD.id = ANY (email_account_ids);
  RETURN NULL;
END $$;
CREATE TRIGGER email_accounts_forget AFTER DELETE ON email_accounts
  FOR EACH ROW EXECUTE FUNCTION forget_email_account();
