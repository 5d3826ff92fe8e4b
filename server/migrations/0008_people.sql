-- The first four tables belong to better-auth, with names in our spelling. A drift test compares them with its schema.
CREATE TABLE users (
  id             text PRIMARY KEY,
  name           text NOT NULL,
  email          text NOT NULL UNIQUE,
  email_verified boolean NOT NULL,
  image          text,
  role           text NOT NULL CHECK (role IN ('admin', 'supervisor', 'agent', 'auditor')),
  -- A removed user cannot sign in; the name stays on past notes and messages.
  removed_at     timestamptz,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL
);

CREATE TABLE sessions (
  id         text PRIMARY KEY,
  user_id    text NOT NULL REFERENCES users ON DELETE CASCADE,
  -- Worthless without the signature in the cookie.
  token      text NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL,
  ip_address text,
  user_agent text,
  method     text NOT NULL CHECK (method IN ('password', 'passkey', 'openid', 'link')),
  second_factor text CHECK (second_factor IN ('totp', 'recovery-code')),
  signed_in_at timestamptz NOT NULL,
  -- When the person last proved their identity: at sign-in, or again before a sensitive action.
  fresh_at   timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id);

-- Sign-in methods of a user: for now only a password, stored as a scrypt hash.
CREATE TABLE sign_in_methods (
  id                       text PRIMARY KEY,
  user_id                  text NOT NULL REFERENCES users ON DELETE CASCADE,
  provider_id              text NOT NULL,
  account_id               text NOT NULL,
  password                 text,
  access_token             text,
  refresh_token            text,
  id_token                 text,
  access_token_expires_at  timestamptz,
  refresh_token_expires_at timestamptz,
  scope                    text,
  created_at               timestamptz NOT NULL,
  updated_at               timestamptz NOT NULL
);
CREATE INDEX sign_in_methods_user_id_idx ON sign_in_methods (user_id);

CREATE TABLE verifications (
  id         text PRIMARY KEY,
  identifier text NOT NULL,
  value      text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX verifications_identifier_idx ON verifications (identifier);

-- The remaining tables are Postkey's own.

-- Mailboxes that a supervisor or agent may work on. An admin has all, an auditor none.
CREATE TABLE memberships (
  user_id          text NOT NULL REFERENCES users ON DELETE CASCADE,
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  PRIMARY KEY (user_id, email_account_id)
);

-- Links that an admin passes on: to become the first admin, to join, to choose a new password. Each works once.
CREATE TABLE person_links (
  id                uuid PRIMARY KEY,
  kind              text NOT NULL CHECK (kind IN ('first-admin', 'invitation', 'reset')),
  token_hash        bytea NOT NULL UNIQUE,
  email             text,
  name              text,
  role              text NOT NULL CHECK (role IN ('admin', 'supervisor', 'agent', 'auditor')),
  email_account_ids uuid[] NOT NULL,
  user_id           text REFERENCES users ON DELETE CASCADE,
  created_by        text NOT NULL,
  created_at        timestamptz NOT NULL,
  expires_at        timestamptz NOT NULL,
  used_at           timestamptz,
  revoked_at        timestamptz
);

CREATE TABLE api_keys (
  id                uuid PRIMARY KEY,
  name              text NOT NULL,
  key_hash          bytea NOT NULL UNIQUE,
  prefix            text NOT NULL,
  scopes            text[] NOT NULL,
  -- Null: every mailbox, future ones included.
  email_account_ids uuid[],
  -- Networks from which the key is accepted, as CIDR; empty: from everywhere.
  allowed_networks  text[] NOT NULL CHECK (cardinality(allowed_networks) <= 20),
  created_by        text NOT NULL REFERENCES users,
  created_at        timestamptz NOT NULL,
  -- Null: never.
  expires_at        timestamptz,
  last_used_at      timestamptz,
  revoked_at        timestamptz
);

-- Wrong passwords of the last minutes, by keyed hashes of account, client network and device. The columns belong to
-- rate-limiter-flexible, which inserts without their names; `expire` is in milliseconds since 1970. See
-- docs/decisions/0060-sign-in-limits-in-postgresql.md.
CREATE TABLE sign_in_attempts (
  key    text PRIMARY KEY,
  points integer NOT NULL,
  expire bigint
);
CREATE INDEX sign_in_attempts_expire_idx ON sign_in_attempts (expire);

-- Authenticator apps (RFC 6238): one in use, and one whose first code was not entered yet.
CREATE TABLE authenticator_apps (
  id         uuid PRIMARY KEY,
  user_id    text NOT NULL REFERENCES users ON DELETE CASCADE,
  sealed     bytea NOT NULL,
  key_id     text NOT NULL REFERENCES encryption_keys,
  created_at timestamptz NOT NULL,
  -- Null until the first code was entered.
  in_use_since timestamptz,
  -- Time step of the last accepted code. Codes of this and earlier steps are refused.
  last_step  bigint
);
CREATE UNIQUE INDEX authenticator_apps_user_id_key ON authenticator_apps (user_id, (in_use_since IS NULL));

-- Replace a lost factor, each once. Only hashes of 79 random bits are stored.
CREATE TABLE recovery_codes (
  user_id   text NOT NULL REFERENCES users ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  used_at   timestamptz,
  PRIMARY KEY (user_id, code_hash)
);

-- Sign-ins with a right password or a link that need a second factor; at most one per browser.
CREATE TABLE pending_sign_ins (
  browser_hash bytea PRIMARY KEY,
  user_id      text NOT NULL REFERENCES users ON DELETE CASCADE,
  method       text NOT NULL CHECK (method IN ('password', 'link')),
  expires_at   timestamptz NOT NULL
);
CREATE INDEX pending_sign_ins_user_id_idx ON pending_sign_ins (user_id);

-- Passkeys (WebAuthn credentials): public keys only.
CREATE TABLE passkeys (
  -- Credential id in base64url, chosen by the authenticator.
  id           text PRIMARY KEY,
  user_id      text NOT NULL REFERENCES users ON DELETE CASCADE,
  name         text NOT NULL,
  public_key   bytea NOT NULL,
  -- Signatures so far; 0 for authenticators that don't count. A smaller one reveals a copy.
  counter      bigint NOT NULL,
  transports   text[] NOT NULL,
  -- True for a passkey that a cloud of its maker can copy to other devices.
  is_synced    boolean NOT NULL,
  is_backed_up boolean NOT NULL,
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz
);
CREATE INDEX passkeys_user_id_idx ON passkeys (user_id);

-- Challenges of passkeys that were answered, so that no answer is accepted twice. Written after a valid signature.
CREATE TABLE used_challenges (
  challenge  text PRIMARY KEY,
  expires_at timestamptz NOT NULL
);

-- API keys and links name mailboxes in arrays, which no foreign key can cover. A key whose mailboxes are all removed
-- sees none: its array becomes empty and never null, which would mean every mailbox.
CREATE FUNCTION forget_email_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE api_keys SET email_account_ids = array_remove(email_account_ids, OLD.id)
    WHERE OLD.id = ANY (email_account_ids);
  UPDATE person_links SET email_account_ids = array_remove(email_account_ids, OLD.id)
    WHERE OLD.id = ANY (email_account_ids);
  RETURN NULL;
END $$;
CREATE TRIGGER email_accounts_forget AFTER DELETE ON email_accounts
  FOR EACH ROW EXECUTE FUNCTION forget_email_account();
