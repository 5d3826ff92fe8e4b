-- Sign-ins of users at Microsoft, with their refresh tokens.
CREATE TABLE grants (
  id                    uuid PRIMARY KEY,
  cloud_provider_id     uuid NOT NULL REFERENCES cloud_providers,
  tenant_id             text NOT NULL,
  object_id             text NOT NULL,
  user_name             text NOT NULL,
  display_name          text NOT NULL,
  -- Cloud and authority (address of the tenant's sign-in service) that issued the grant. Refreshes go there, whatever
  -- list of clouds a process has.
  cloud                 text,
  authority             text,
  scopes_wanted         text[] NOT NULL,
  scopes_granted        text[] NOT NULL,
  refresh_token         bytea NOT NULL,
  key_id                text NOT NULL REFERENCES encryption_keys,
  refresh_token_at      timestamptz NOT NULL,
  refresh_token_ends_at timestamptz,
  -- Next refresh: at least once a day, also for a grant that opens no mailbox.
  refresh_due_at        timestamptz NOT NULL DEFAULT 'epoch',
  -- Set before a refresh is requested and cleared when its answer is saved. A process that dies in between leaves it
  -- set.
  refresh_begun_at      timestamptz,
  -- Lease of the process that refreshes the grant, so that several processes take different grants.
  refresh_claimed_until timestamptz,
  state                 text NOT NULL DEFAULT 'connected'
    CHECK (state IN ('connected', 'degraded', 'needs-sign-in', 'needs-admin')),
  state_reason          text,
  state_since           timestamptz NOT NULL DEFAULT 'epoch',
  next_try_at           timestamptz,
  attempts              integer NOT NULL DEFAULT 0,
  -- Claims challenge that no refresh could answer: the next sign-in has to answer it.
  sign_in_claims        text,
  ended_at              timestamptz,
  ended_upstream        jsonb,
  version               integer NOT NULL DEFAULT 0,
  created_at            timestamptz NOT NULL,
  UNIQUE (cloud_provider_id, tenant_id, object_id)
);
CREATE INDEX grants_by_refresh_due ON grants (refresh_due_at) WHERE state <> 'needs-sign-in';

-- One per grant and resource; replaced at each refresh.
CREATE TABLE access_tokens (
  grant_id       uuid NOT NULL REFERENCES grants ON DELETE CASCADE,
  resource       text NOT NULL CHECK (resource IN ('graph', 'exchange')),
  sealed         bytea NOT NULL,
  key_id         text NOT NULL REFERENCES encryption_keys,
  scope          text[] NOT NULL,
  -- Claims with which it was requested. A refusal that asks for the same claims again is permanent.
  claims         text,
  expires_at     timestamptz NOT NULL,
  -- Ahead of its expiry.
  refresh_due_at timestamptz,
  PRIMARY KEY (grant_id, resource)
);

-- Tokens of the application itself, one per tenant and resource. Their content is only displayed.
CREATE TABLE application_tokens (
  cloud_provider_id uuid NOT NULL REFERENCES cloud_providers ON DELETE CASCADE,
  tenant_id         text NOT NULL,
  resource          text NOT NULL CHECK (resource IN ('graph', 'exchange')),
  sealed            bytea NOT NULL,
  key_id            text NOT NULL REFERENCES encryption_keys,
  -- The enterprise application, and the permissions that an admin gave it for the whole tenant; null when the token
  -- is not readable.
  object_id         text,
  roles             text[],
  expires_at        timestamptz NOT NULL,
  PRIMARY KEY (cloud_provider_id, tenant_id, resource)
);

-- A link with which a person without a Postkey account signs in at Microsoft, or consents for an organization. The
-- resulting sign-ins are rows of `authorizations`. The first success uses up the link.
CREATE TABLE sign_in_links (
  id                  uuid PRIMARY KEY,
  token_hash          bytea NOT NULL UNIQUE,
  cloud_provider_id   uuid NOT NULL REFERENCES cloud_providers ON DELETE CASCADE,
  kind                text NOT NULL CHECK (kind IN ('sign-in', 'admin-consent')),
  wanted_address      text,
  -- CASCADE: a link that renews a sign-in ends with it, and must not become a link for a new user.
  reconnect_grant_id  uuid REFERENCES grants ON DELETE CASCADE,
  created_by          text NOT NULL,
  created_at          timestamptz NOT NULL,
  expires_at          timestamptz NOT NULL,
  revoked_at          timestamptz,
  -- Time at which the redirect reported an admin consent, which a sign-in then has to prove.
  consent_reported_at timestamptz,
  used_at             timestamptz,
  -- User name that signed in; for a consent, id of the organization.
  used_by             text
);
CREATE INDEX sign_in_links_by_provider ON sign_in_links (cloud_provider_id);

-- Started sign-ins. Each is found by the hash of its state and usable once, by the browser session that started it.
CREATE TABLE authorizations (
  id                 uuid PRIMARY KEY,
  state_hash         bytea NOT NULL UNIQUE,
  session_hash       bytea NOT NULL,
  cloud_provider_id  uuid NOT NULL REFERENCES cloud_providers ON DELETE CASCADE,
  kind               text NOT NULL CHECK (kind IN ('sign-in', 'admin-consent')),
  -- Both legs of a sign-in go to one address, also when the registration is changed in between.
  authority          text,
  code_verifier      bytea NOT NULL,
  key_id             text NOT NULL REFERENCES encryption_keys,
  nonce_hash         bytea NOT NULL,
  redirect_uri       text NOT NULL,
  scopes_wanted      text[] NOT NULL,
  wanted_address     text,
  -- Kind of the mailbox: without further rights, only its owner opens that of a user.
  wanted_kind        text CHECK (wanted_kind IN ('user', 'shared')),
  reconnect_grant_id uuid REFERENCES grants ON DELETE CASCADE,
  sign_in_link_id    uuid REFERENCES sign_in_links ON DELETE CASCADE,
  -- The redirect of an admin consent proves nothing: any user who started it can type its address. The redirect only
  -- reports a consent; the token of a sign-in that follows proves it.
  proves_consent     boolean NOT NULL DEFAULT false,
  started_by         text NOT NULL,
  expires_at         timestamptz NOT NULL,
  consumed_at        timestamptz,
  outcome            jsonb
);

-- Cloud Providers for which an admin allows sign-ins by device code: any person who enters the code on a page of
-- Microsoft signs in there.
CREATE TABLE device_code_allowances (
  cloud_provider_id uuid PRIMARY KEY REFERENCES cloud_providers ON DELETE CASCADE,
  allowed_by        text NOT NULL,
  allowed_at        timestamptz NOT NULL
);

-- Sign-ins by device code (RFC 8628), in progress or ended. The user enters `user_code`; Postkey polls with
-- `device_code`.
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
  -- Next poll; null once the sign-in has ended.
  due_at             timestamptz,
  outcome            jsonb
);
CREATE INDEX device_sign_ins_due ON device_sign_ins (due_at) WHERE due_at IS NOT NULL;

-- Requests of users to open a mailbox in place of the expected user, created when another user signed in. Unused until
-- an admin accepts or dismisses them.
CREATE TABLE principal_wishes (
  id                uuid PRIMARY KEY,
  -- Foreign key in 0007_email_accounts.sql.
  email_account_id  uuid NOT NULL,
  -- The grant that the sign-in was to renew.
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

CREATE TRIGGER grants_notify AFTER INSERT OR UPDATE OR DELETE ON grants
  FOR EACH STATEMENT EXECUTE FUNCTION notify_of_change('grants');
CREATE TRIGGER access_tokens_notify AFTER INSERT OR UPDATE OR DELETE ON access_tokens
  FOR EACH STATEMENT EXECUTE FUNCTION notify_of_change('grants');
CREATE TRIGGER application_tokens_notify AFTER INSERT OR UPDATE OR DELETE ON application_tokens
  FOR EACH STATEMENT EXECUTE FUNCTION notify_of_change('application_tokens');
