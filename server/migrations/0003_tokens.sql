-- Locks: none but on the tables it makes.
CREATE TABLE grants (
  id                 uuid PRIMARY KEY,
  cloud_provider_id  uuid NOT NULL REFERENCES cloud_providers,
  tenant_id          text NOT NULL,
  object_id          text NOT NULL,
  user_name          text NOT NULL,
  display_name       text NOT NULL,
  scopes_wanted      text[] NOT NULL,
  scopes_granted     text[] NOT NULL,
  refresh_token      bytea NOT NULL,
  key_id             text NOT NULL REFERENCES encryption_keys,
  refresh_token_at   timestamptz NOT NULL,
  ended_at           timestamptz,
  ended_upstream     jsonb,
  version            integer NOT NULL DEFAULT 0,
  created_at         timestamptz NOT NULL,
  UNIQUE (cloud_provider_id, tenant_id, object_id)
);

-- One per grant and resource; replaced at each refresh.
CREATE TABLE access_tokens (
  grant_id   uuid NOT NULL REFERENCES grants ON DELETE CASCADE,
  resource   text NOT NULL CHECK (resource IN ('graph', 'exchange')),
  sealed     bytea NOT NULL,
  key_id     text NOT NULL REFERENCES encryption_keys,
  scope      text[] NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (grant_id, resource)
);

-- A sign-in that was begun: found by the hash of its state, usable once, by the browser session that began it.
CREATE TABLE authorizations (
  id                uuid PRIMARY KEY,
  state_hash        bytea NOT NULL UNIQUE,
  session_hash      bytea NOT NULL,
  cloud_provider_id uuid NOT NULL REFERENCES cloud_providers ON DELETE CASCADE,
  kind              text NOT NULL CHECK (kind IN ('sign-in', 'admin-consent')),
  code_verifier     bytea NOT NULL,
  key_id            text NOT NULL REFERENCES encryption_keys,
  nonce_hash        bytea NOT NULL,
  redirect_uri      text NOT NULL,
  scopes_wanted     text[] NOT NULL,
  wanted_address    text,
  reconnect_grant_id uuid REFERENCES grants ON DELETE CASCADE,
  started_by        text NOT NULL,
  expires_at        timestamptz NOT NULL,
  consumed_at       timestamptz,
  outcome           jsonb
);
