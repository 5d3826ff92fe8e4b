-- Locks: cloud_providers and provider_credentials, for as long as it takes to add columns; email_accounts, for as long as
-- it takes to read it once.
ALTER TABLE cloud_providers
  ADD COLUMN next_try_at   timestamptz,
  ADD COLUMN attempts      integer NOT NULL DEFAULT 0,
  -- When somebody looks after it next: credentials to be tried, the countdown to their end.
  ADD COLUMN due_at        timestamptz NOT NULL DEFAULT 'epoch',
  -- A mailbox that the application must not be able to read: it is tried in each check.
  ADD COLUMN probe_address text;
CREATE INDEX cloud_providers_due ON cloud_providers (due_at);

-- What Microsoft said to a credential, by the check or on the way. One of the two times is set, or none: it is untried.
ALTER TABLE provider_credentials
  -- The public part (DER); the key that belongs to it is what is sealed.
  ADD COLUMN certificate   bytea,
  ADD COLUMN works_since   timestamptz,
  ADD COLUMN refused_since timestamptz,
  ADD COLUMN refused_code  text,
  ADD COLUMN last_used_at  timestamptz,
  ADD COLUMN trial_due_at  timestamptz NOT NULL DEFAULT 'epoch',
  ADD COLUMN trials        integer NOT NULL DEFAULT 0,
  -- Whether the end date was read in the registration, and not typed in.
  ADD COLUMN end_read_at   timestamptz,
  -- The nearest of the days before its end that people were told of.
  ADD COLUMN ending_told   integer,
  ADD CONSTRAINT provider_credentials_certificate CHECK ((kind = 'certificate') = (certificate IS NOT NULL)),
  ADD CONSTRAINT provider_credentials_standing CHECK (works_since IS NULL OR refused_since IS NULL);

-- Of the application itself, one per tenant and resource. What is in them is only what is shown to people.
CREATE TABLE application_tokens (
  cloud_provider_id uuid NOT NULL REFERENCES cloud_providers ON DELETE CASCADE,
  tenant_id         text NOT NULL,
  resource          text NOT NULL CHECK (resource IN ('graph', 'exchange')),
  sealed            bytea NOT NULL,
  key_id            text NOT NULL REFERENCES encryption_keys,
  -- The enterprise application, and the permissions that an admin gave it for the whole tenant; null when the token is
  -- not one that can be read.
  object_id         text,
  roles             text[],
  expires_at        timestamptz NOT NULL,
  PRIMARY KEY (cloud_provider_id, tenant_id, resource)
);

-- In which tenant the application itself opens the mailbox.
ALTER TABLE email_accounts
  ADD COLUMN principal_tenant_id text,
  ADD CONSTRAINT email_accounts_principal_tenant
    CHECK ((principal = 'application') = (principal_tenant_id IS NOT NULL));
