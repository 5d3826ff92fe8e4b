-- The people tables are better-auth's own (generated, held by a drift test) plus ours:
CREATE TABLE memberships (
  user_id          text NOT NULL,
  email_account_id uuid NOT NULL,
  PRIMARY KEY (user_id, email_account_id)
);
CREATE TABLE api_keys (
  id           uuid PRIMARY KEY,
  name         text NOT NULL,
  key_hash     bytea NOT NULL UNIQUE,
  prefix       text NOT NULL,
  scopes       text[] NOT NULL,
  created_by   text NOT NULL,
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
