-- Locks: none but on the tables it makes.
CREATE TABLE cloud_providers (
  id              uuid PRIMARY KEY,
  name            text NOT NULL,
  service         text NOT NULL CHECK (service = 'microsoft-azure'),
  type            text NOT NULL CHECK (type = 'outlook365'),
  cloud           text NOT NULL,
  account_types   text NOT NULL CHECK (account_types IN ('single-tenant', 'multitenant', 'multitenant-and-personal')),
  tenant_id       text NOT NULL,
  client_id       text NOT NULL,
  contact         text NOT NULL,
  deputy          text,
  state           text NOT NULL DEFAULT 'connecting',
  state_reason    text,
  state_since     timestamptz NOT NULL,
  check_result    jsonb,
  created_at      timestamptz NOT NULL,
  UNIQUE (cloud, tenant_id, client_id)
);

-- Several may live at a time: the new one is tried before the old one is dropped.
CREATE TABLE provider_credentials (
  id                uuid PRIMARY KEY,
  cloud_provider_id uuid NOT NULL REFERENCES cloud_providers ON DELETE CASCADE,
  kind              text NOT NULL CHECK (kind IN ('secret', 'certificate')),
  sealed            bytea NOT NULL,
  key_id            text NOT NULL REFERENCES encryption_keys,
  ends_at           timestamptz,
  created_at        timestamptz NOT NULL
);

-- A link by which somebody without an account here registers the application and hands its ids back, once.
CREATE TABLE work_orders (
  id                uuid PRIMARY KEY,
  link_hash         bytea NOT NULL UNIQUE,
  wish              jsonb NOT NULL,
  created_by        text NOT NULL,
  created_at        timestamptz NOT NULL,
  expires_at        timestamptz NOT NULL,
  revoked_at        timestamptz,
  proposal          jsonb,
  proposed_at       timestamptz,
  cloud_provider_id uuid REFERENCES cloud_providers ON DELETE SET NULL,
  confirmed_at      timestamptz
);
