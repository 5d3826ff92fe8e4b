-- Keys of the key ring. `check_value` is a known text sealed with the key, so that a start detects a wrong key.
CREATE TABLE encryption_keys (
  key_id      text PRIMARY KEY,
  check_value bytea NOT NULL,
  created_at  timestamptz NOT NULL,
  -- An admin declared the key lost: Postkey starts without it, and values sealed with it have to be entered again.
  given_up_at timestamptz
);

CREATE TABLE cloud_providers (
  id            uuid PRIMARY KEY,
  name          text NOT NULL,
  service       text NOT NULL CHECK (service = 'microsoft-azure'),
  type          text NOT NULL CHECK (type = 'outlook365'),
  cloud         text NOT NULL,
  account_types text NOT NULL CHECK (account_types IN ('single-tenant', 'multitenant', 'multitenant-and-personal')),
  tenant_id     text NOT NULL,
  client_id     text NOT NULL,
  contact       text NOT NULL,
  deputy        text,
  -- Mailboxes that the application itself opens, besides those opened by users: the ones to which Exchange limits it,
  -- or all; null for none.
  application   text CHECK (application IN ('chosen-mailboxes', 'all-mailboxes')),
  -- Mailbox that the application must be unable to read. Each check verifies this.
  probe_address text,
  state         text NOT NULL DEFAULT 'connecting',
  state_reason  text,
  state_since   timestamptz NOT NULL,
  next_try_at   timestamptz,
  attempts      integer NOT NULL DEFAULT 0,
  -- Next run of the watch: untested credentials, reminders of their expiry date.
  due_at        timestamptz NOT NULL DEFAULT 'epoch',
  check_result  jsonb,
  -- First time that Microsoft accepted the registration as a whole. Until then it opens no incident, and its ids can be
  -- corrected.
  worked_at     timestamptz,
  created_at    timestamptz NOT NULL,
  UNIQUE (cloud, tenant_id, client_id)
);
CREATE INDEX cloud_providers_due ON cloud_providers (due_at);

-- A provider may have several: a new one is tested before the old one is removed.
CREATE TABLE provider_credentials (
  id                uuid PRIMARY KEY,
  cloud_provider_id uuid NOT NULL REFERENCES cloud_providers ON DELETE CASCADE,
  kind              text NOT NULL CHECK (kind IN ('secret', 'certificate')),
  -- The secret, or the private key of the certificate.
  sealed            bytea NOT NULL,
  key_id            text NOT NULL REFERENCES encryption_keys,
  -- Public part (DER).
  certificate       bytea,
  -- First characters of a secret, as Microsoft shows them.
  hint              text CHECK (length(hint) <= 3),
  -- Description of the secret in the registration, where Postkey may read it.
  description       text,
  ends_at           timestamptz,
  -- Time at which the expiry date was read in the registration; null when an admin typed it.
  end_read_at       timestamptz,
  -- Last announced threshold, in days before the expiry date.
  ending_told       integer,
  -- Microsoft's last answer to the credential. One of the two times is set, or none when it is untested.
  works_since       timestamptz,
  refused_since     timestamptz,
  refused_code      text,
  last_used_at      timestamptz,
  trial_due_at      timestamptz NOT NULL DEFAULT 'epoch',
  trials            integer NOT NULL DEFAULT 0,
  created_at        timestamptz NOT NULL,
  CONSTRAINT provider_credentials_certificate CHECK ((kind = 'certificate') = (certificate IS NOT NULL)),
  CONSTRAINT provider_credentials_standing CHECK (works_since IS NULL OR refused_since IS NULL)
);

-- A link with which a person without a Postkey account registers the application and submits its ids, once.
CREATE TABLE work_orders (
  id                uuid PRIMARY KEY,
  link_hash         bytea NOT NULL UNIQUE,
  -- The requested registration.
  wish              jsonb NOT NULL,
  created_by        text NOT NULL,
  created_at        timestamptz NOT NULL,
  expires_at        timestamptz NOT NULL,
  revoked_at        timestamptz,
  -- The submitted ids, until an admin confirms them.
  proposal          jsonb,
  proposed_at       timestamptz,
  cloud_provider_id uuid REFERENCES cloud_providers ON DELETE SET NULL,
  confirmed_at      timestamptz
);

-- Notifies processes that keep rows in memory, on the channel given.
CREATE FUNCTION notify_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify(TG_ARGV[0], '');
  RETURN NULL;
END $$;
CREATE TRIGGER cloud_providers_notify AFTER INSERT OR UPDATE OR DELETE ON cloud_providers
  FOR EACH STATEMENT EXECUTE FUNCTION notify_of_change('cloud_providers');
