-- Locks: grants, access_tokens and authorizations, for as long as it takes to add columns and fill those of grants.
-- What a grant was given by: the cloud, the address that answers for its tenant. Whatever clouds file a process has, it
-- asks there. For clouds of one's own the address is filled in by the next refresh.
ALTER TABLE grants
  ADD COLUMN cloud                 text,
  ADD COLUMN authority             text,
  ADD COLUMN state                 text NOT NULL DEFAULT 'connected'
    CHECK (state IN ('connected', 'degraded', 'needs-sign-in', 'needs-admin')),
  ADD COLUMN state_reason          text,
  -- Rows of the version before have no better time than this one, which is put right below.
  ADD COLUMN state_since           timestamptz NOT NULL DEFAULT 'epoch',
  ADD COLUMN next_try_at           timestamptz,
  ADD COLUMN attempts              integer NOT NULL DEFAULT 0,
  ADD COLUMN refresh_token_ends_at timestamptz,
  -- At least once a day, also for a grant that opens no mailbox.
  ADD COLUMN refresh_due_at        timestamptz NOT NULL DEFAULT 'epoch',
  -- Set before a refresh is asked for and taken back when its answer is saved: whoever dies in between leaves it.
  ADD COLUMN refresh_begun_at      timestamptz,
  -- A process that looks after it takes it for a while, so that of several each takes others.
  ADD COLUMN refresh_claimed_until timestamptz,
  -- What the next sign-in has to prove (a claims challenge that no refresh could answer).
  ADD COLUMN sign_in_claims        text;

UPDATE grants SET
  cloud = provider.cloud,
  authority = CASE provider.cloud
    WHEN 'global'   THEN 'https://login.microsoftonline.com/' || grants.tenant_id
    WHEN 'gcc-high' THEN 'https://login.microsoftonline.us/' || grants.tenant_id
    WHEN 'dod'      THEN 'https://login.microsoftonline.us/' || grants.tenant_id
    WHEN 'china'    THEN 'https://login.partner.microsoftonline.cn/' || grants.tenant_id
  END,
  state = CASE WHEN ended_at IS NULL THEN 'connected' ELSE 'needs-sign-in' END,
  state_reason = CASE WHEN ended_at IS NULL THEN NULL ELSE 'tokens.grant_ended' END,
  state_since = coalesce(ended_at, grants.created_at),
  refresh_due_at = refresh_token_at
FROM cloud_providers AS provider WHERE provider.id = grants.cloud_provider_id;

CREATE INDEX grants_by_refresh_due ON grants (refresh_due_at) WHERE state <> 'needs-sign-in';

-- Ahead of its end. The claims are those it was asked for with: whoever is refused with the same is refused for good.
ALTER TABLE access_tokens
  ADD COLUMN refresh_due_at timestamptz,
  ADD COLUMN claims         text;

-- Both legs of a sign-in go to one address, also when the registration is changed in between.
ALTER TABLE authorizations ADD COLUMN authority text;
