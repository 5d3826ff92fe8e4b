-- Locks: authorizations and grants, for as long as it takes to add an empty column (no row is rewritten).
-- A link by which somebody without a login here signs in at Microsoft, or consents for an organization. What it leads
-- to is kept in `authorizations`; the link itself is used up by the first success.
CREATE TABLE sign_in_links (
  id                 uuid PRIMARY KEY,
  token_hash         bytea NOT NULL UNIQUE,
  cloud_provider_id  uuid NOT NULL REFERENCES cloud_providers ON DELETE CASCADE,
  kind               text NOT NULL CHECK (kind IN ('sign-in', 'admin-consent')),
  wanted_address     text,
  -- A link that renews a sign-in is worth nothing without it, and must not become one for somebody new.
  reconnect_grant_id uuid REFERENCES grants ON DELETE CASCADE,
  created_by         text NOT NULL,
  created_at         timestamptz NOT NULL,
  expires_at         timestamptz NOT NULL,
  revoked_at         timestamptz,
  used_at            timestamptz,
  -- The user name that signed in; for a consent, the id of the organization.
  used_by            text
);
CREATE INDEX sign_in_links_by_provider ON sign_in_links (cloud_provider_id);

ALTER TABLE authorizations ADD COLUMN sign_in_link_id uuid REFERENCES sign_in_links ON DELETE CASCADE;
