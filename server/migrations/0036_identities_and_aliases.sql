-- Locks: email_accounts, for a moment: a constant default is not written into its rows.
-- The other addresses that a mailbox has, and the names in which it sends (RFC 8621 §6). One identity every mailbox has
-- without a row: its own address in its own name. Once it is changed it gets a row whose id is that of the account.
ALTER TABLE email_accounts ADD COLUMN aliases jsonb NOT NULL DEFAULT '[]';

CREATE TABLE identities (
  id               uuid PRIMARY KEY,
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  name             text NOT NULL,
  address          text NOT NULL,
  reply_to         jsonb,
  signature_text   text NOT NULL,
  signature_html   text NOT NULL,
  is_default       boolean NOT NULL,
  created_at       timestamptz NOT NULL
);
CREATE INDEX identities_of_account ON identities (email_account_id);
CREATE UNIQUE INDEX identities_default ON identities (email_account_id) WHERE is_default;
