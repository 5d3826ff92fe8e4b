-- Locks: email_accounts and grants, for as long as it takes to add empty columns that refer to grants (no row is
-- rewritten). A version before this one leaves them empty.
-- Somebody else signed in for a mailbox than the person whose sign-in opens it. Kept until an admin lets them open it
-- or not; nothing uses it before that.
CREATE TABLE principal_wishes (
  id                uuid PRIMARY KEY,
  email_account_id  uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  -- Whose sign-in was to be renewed.
  expected_grant_id uuid NOT NULL REFERENCES grants ON DELETE CASCADE,
  cloud_provider_id uuid NOT NULL REFERENCES cloud_providers ON DELETE CASCADE,
  tenant_id         text NOT NULL,
  object_id         text NOT NULL,
  user_name         text NOT NULL,
  display_name      text NOT NULL,
  scopes_wanted     text[] NOT NULL,
  scopes_granted    text[] NOT NULL,
  refresh_token     bytea NOT NULL,
  key_id            text NOT NULL REFERENCES encryption_keys,
  refresh_token_at  timestamptz NOT NULL,
  started_by        text NOT NULL,
  created_at        timestamptz NOT NULL,
  expires_at        timestamptz NOT NULL,
  UNIQUE (email_account_id, tenant_id, object_id)
);

ALTER TABLE email_accounts
  -- Who opens the mailbox when the first cannot any more.
  ADD COLUMN stand_by_grant_id   uuid REFERENCES grants,
  ADD COLUMN stand_by_checked_at timestamptz,
  ADD COLUMN stand_by_reason     text,
  ADD COLUMN stand_by_due_at     timestamptz,
  -- While the stand-by is at work: in whose place.
  ADD COLUMN first_grant_id      uuid REFERENCES grants,
  ADD CONSTRAINT email_accounts_first_grant CHECK (
    first_grant_id IS NULL OR (stand_by_grant_id IS NOT NULL AND grant_id = stand_by_grant_id AND first_grant_id <> grant_id)
  );
CREATE INDEX email_accounts_stand_by ON email_accounts (stand_by_grant_id);
CREATE INDEX email_accounts_stand_by_due ON email_accounts (stand_by_due_at);
CREATE INDEX email_accounts_first_grant ON email_accounts (first_grant_id);
