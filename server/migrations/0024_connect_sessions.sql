-- Connect sessions: hosted sign-ins of mailbox owners, begun by programs. See docs/decisions/0075-connect-sessions.md.
-- Locks: sign_in_links AccessExclusiveLock, encryption_keys ShareRowExclusiveLock, grants ShareRowExclusiveLock, email_accounts ShareRowExclusiveLock
-- Beside the previous version: it lists the links of sessions among the others. A sign-in that it receives uses up the link
-- and connects nothing: this version then records the session as failed.

-- The link of a connect session.
ALTER TABLE sign_in_links ADD COLUMN is_hosted boolean NOT NULL DEFAULT false;

-- Addresses to which browsers may return.
CREATE TABLE return_urls (
  id         uuid PRIMARY KEY,
  url        text NOT NULL,
  match      text NOT NULL CHECK (match IN ('exact', 'prefix')),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL
);

-- Secrets that sign their results: the newest, and the one before it until it expires.
CREATE TABLE return_url_secrets (
  id            uuid PRIMARY KEY,
  return_url_id uuid NOT NULL REFERENCES return_urls ON DELETE CASCADE,
  sealed        bytea NOT NULL,
  key_id        text NOT NULL REFERENCES encryption_keys,
  expires_at    timestamptz
);
CREATE INDEX return_url_secrets_by_url ON return_url_secrets (return_url_id);

-- A sign-in link with the same id, and what belongs to its session.
CREATE TABLE connect_sessions (
  id               uuid PRIMARY KEY REFERENCES sign_in_links ON DELETE CASCADE,
  status           text NOT NULL CHECK (status IN ('open', 'failed', 'connecting', 'completed', 'canceled', 'expired')),
  -- Actor and Idempotency-Key, with a hash of the request.
  request_key      text UNIQUE,
  request_hash     bytea NOT NULL,
  created_by       text NOT NULL,
  created_at       timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  cloud_provider_id uuid NOT NULL,
  wanted_kind      text NOT NULL CHECK (wanted_kind IN ('user', 'shared')),
  -- Null: the mailbox of the person who signs in.
  wanted_address   text,
  display_name     text NOT NULL,
  -- PNG, encoded by the server. Deleted when the session ends.
  logo             bytea,
  account_name     text,
  import_days      integer,
  return_url       text,
  -- Without its entry, the browser doesn't return.
  return_url_id    uuid REFERENCES return_urls ON DELETE SET NULL,
  state            text,
  -- The latest attempt that failed.
  error_code       text,
  failed_at        timestamptz,
  -- Set by the sign-in, in its transaction.
  grant_id         uuid REFERENCES grants ON DELETE SET NULL,
  user_name        text,
  signed_in_at     timestamptz,
  -- Hash of the session of the browser that signed in: the only one that gets the result.
  browser_hash     bytea,
  completed_at     timestamptz,
  email_account_id uuid REFERENCES email_accounts ON DELETE SET NULL
);
CREATE INDEX connect_sessions_pending ON connect_sessions (expires_at) WHERE status IN ('open', 'failed', 'connecting');
CREATE INDEX connect_sessions_by_creator ON connect_sessions (created_by, id);
CREATE INDEX connect_sessions_by_return_url ON connect_sessions (return_url_id);
CREATE INDEX connect_sessions_by_grant ON connect_sessions (grant_id);
CREATE INDEX connect_sessions_by_account ON connect_sessions (email_account_id);
