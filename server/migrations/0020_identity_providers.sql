-- OpenID Connect providers by which people sign in to Postkey. See docs/decisions/0067-sign-in-by-openid-connect.md.
CREATE TABLE identity_providers (
  id                uuid PRIMARY KEY,
  name              text NOT NULL,
  kind              text NOT NULL CHECK (kind IN ('microsoft', 'openid')),
  -- The registration at Microsoft that is used for the sign-in, too. Otherwise the client is in the next columns.
  cloud_provider_id uuid REFERENCES cloud_providers,
  issuer            text,
  client_id         text,
  client_secret     bytea,
  key_id            text REFERENCES encryption_keys,
  -- The one Microsoft tenant whose users sign in.
  tenant_id         text,
  admission         text NOT NULL CHECK (admission IN ('invited', 'claim', 'domain')),
  claim             text,
  admin_values      text[] NOT NULL CHECK (cardinality(admin_values) <= 20),
  agent_values      text[] NOT NULL CHECK (cardinality(agent_values) <= 20),
  domains           text[] NOT NULL CHECK (cardinality(domains) <= 20),
  is_enabled        boolean NOT NULL,
  created_at        timestamptz NOT NULL,
  updated_at        timestamptz NOT NULL,
  CHECK ((kind = 'microsoft') = (tenant_id IS NOT NULL)),
  CHECK ((cloud_provider_id IS NULL) = (issuer IS NOT NULL AND client_id IS NOT NULL)),
  CHECK ((client_secret IS NULL) = (key_id IS NULL))
);
CREATE INDEX identity_providers_key_id_idx ON identity_providers (key_id);

-- Identities at a provider that belong to people. Those of removed people stay, so that they are refused.
CREATE TABLE linked_identities (
  id                   uuid PRIMARY KEY,
  identity_provider_id uuid NOT NULL REFERENCES identity_providers ON DELETE CASCADE,
  -- `tid/oid` of Microsoft, the issuer and `sub` of others. Never an address.
  subject              text NOT NULL,
  user_id              text NOT NULL REFERENCES users ON DELETE CASCADE,
  -- Only for display.
  user_name            text NOT NULL,
  admitted_by          text NOT NULL CHECK (admitted_by IN ('person', 'invitation', 'claim', 'domain')),
  linked_at            timestamptz NOT NULL,
  last_used_at         timestamptz,
  UNIQUE (identity_provider_id, subject)
);
CREATE INDEX linked_identities_user_id_idx ON linked_identities (user_id);

-- Sign-ins that are in progress at a provider. A state is accepted once, in the browser that began.
CREATE TABLE openid_sign_ins (
  id                   uuid PRIMARY KEY,
  state_hash           bytea NOT NULL UNIQUE,
  session_hash         bytea NOT NULL,
  identity_provider_id uuid NOT NULL REFERENCES identity_providers ON DELETE CASCADE,
  purpose              text NOT NULL CHECK (purpose IN ('sign-in', 'invitation', 'link', 'confirm')),
  -- The signed-in person, for `link` and `confirm`.
  user_id              text REFERENCES users ON DELETE CASCADE,
  -- The session to confirm.
  session_id           text,
  person_link_hash     bytea,
  redirect_uri         text NOT NULL,
  return_to            text NOT NULL,
  -- IPv4 address or /64 of the browser: limits the sign-ins that strangers begin.
  client_network       text NOT NULL,
  -- Code verifier and nonce.
  sealed               bytea NOT NULL,
  key_id               text NOT NULL REFERENCES encryption_keys,
  created_at           timestamptz NOT NULL,
  expires_at           timestamptz NOT NULL,
  consumed_at          timestamptz
);
CREATE INDEX openid_sign_ins_key_id_idx ON openid_sign_ins (key_id);
CREATE INDEX openid_sign_ins_expires_at_idx ON openid_sign_ins (expires_at);
-- Sign-ins in progress of people who aren't signed in, whose number is limited.
CREATE INDEX openid_sign_ins_pending_idx ON openid_sign_ins (client_network, created_at)
  WHERE consumed_at IS NULL AND purpose IN ('sign-in', 'invitation');

-- People whose verified domain admits them after the approval of an admin.
CREATE TABLE admission_requests (
  id                   uuid PRIMARY KEY,
  identity_provider_id uuid NOT NULL REFERENCES identity_providers ON DELETE CASCADE,
  subject              text NOT NULL,
  email                text NOT NULL,
  name                 text NOT NULL,
  created_at           timestamptz NOT NULL,
  UNIQUE (identity_provider_id, subject)
);
