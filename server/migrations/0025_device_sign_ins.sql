-- Locks: none but on the tables it makes (and cloud_providers, grants and sign_in_links while they are referred to).
-- Cloud Providers for which an admin allows sign-ins by code: who types it into a page of Microsoft's signs in there.
CREATE TABLE device_code_allowances (
  cloud_provider_id uuid PRIMARY KEY REFERENCES cloud_providers ON DELETE CASCADE,
  allowed_by        text NOT NULL,
  allowed_at        timestamptz NOT NULL
);

-- A sign-in by code that is under way, or how it ended (RFC 8628). The code to type is shown, the other one is asked with.
CREATE TABLE device_sign_ins (
  id                 uuid PRIMARY KEY,
  cloud_provider_id  uuid NOT NULL REFERENCES cloud_providers ON DELETE CASCADE,
  session_hash       bytea NOT NULL,
  authority          text NOT NULL,
  device_code        bytea NOT NULL,
  key_id             text NOT NULL REFERENCES encryption_keys,
  user_code          text NOT NULL,
  verification_uri   text NOT NULL,
  interval_seconds   integer NOT NULL,
  scopes_wanted      text[] NOT NULL,
  wanted_address     text NOT NULL,
  wanted_kind        text CHECK (wanted_kind IN ('user', 'shared')),
  reconnect_grant_id uuid REFERENCES grants ON DELETE CASCADE,
  sign_in_link_id    uuid REFERENCES sign_in_links ON DELETE CASCADE,
  started_by         text NOT NULL,
  created_at         timestamptz NOT NULL,
  expires_at         timestamptz NOT NULL,
  -- When Microsoft is asked again; empty once it has ended.
  due_at             timestamptz,
  outcome            jsonb
);
CREATE INDEX device_sign_ins_due ON device_sign_ins (due_at) WHERE due_at IS NOT NULL;
