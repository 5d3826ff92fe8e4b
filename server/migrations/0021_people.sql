-- Apps that are being set up end with their session. Unfinished ones of earlier versions end here. Brief locks on
-- `authenticator_apps` and `sessions`.
DELETE FROM authenticator_apps WHERE in_use_since IS NULL;
-- Null for an app in use.
ALTER TABLE authenticator_apps ADD COLUMN session_id text REFERENCES sessions ON DELETE CASCADE;
CREATE INDEX authenticator_apps_session_id_idx ON authenticator_apps (session_id);

-- The provider that has opened a session: the session ends when that is disabled or removed.
ALTER TABLE sessions ADD COLUMN identity_provider_id uuid REFERENCES identity_providers ON DELETE SET NULL;
CREATE INDEX sessions_identity_provider_id_idx ON sessions (identity_provider_id) WHERE identity_provider_id IS NOT NULL;

-- Networks from which an API key was used: /24 of IPv4, /64 of IPv6. At most 50 per key; the one that was not used for the
-- longest time is deleted. A use from another one is audited.
CREATE TABLE api_key_networks (
  api_key_id   uuid NOT NULL REFERENCES api_keys ON DELETE CASCADE,
  network      text NOT NULL,
  -- Updated once a day.
  last_used_at timestamptz NOT NULL,
  PRIMARY KEY (api_key_id, network)
);
