CREATE TABLE email_accounts (
  id                   uuid PRIMARY KEY,
  key                  text NOT NULL UNIQUE CHECK (key ~ '^[A-Z0-9]{1,5}$'),
  name                 text NOT NULL,
  address              text NOT NULL,
  -- Other addresses of the mailbox.
  aliases              jsonb NOT NULL DEFAULT '[]',
  kind                 text NOT NULL CHECK (kind IN ('user', 'shared')),
  contact              text NOT NULL,

  -- The principal: a user by a grant, the application itself in a tenant, or a password at mail servers that belong to
  -- no Cloud Provider.
  principal            text NOT NULL DEFAULT 'grant',
  cloud_provider_id    uuid REFERENCES cloud_providers,
  grant_id             uuid REFERENCES grants,
  principal_tenant_id  text,
  servers              jsonb,

  -- Backup sign-in, used when the first grant ends.
  stand_by_grant_id    uuid REFERENCES grants,
  stand_by_checked_at  timestamptz,
  stand_by_reason      text,
  stand_by_due_at      timestamptz,
  -- The replaced grant, while the backup sign-in is in use.
  first_grant_id       uuid REFERENCES grants,

  -- Protocols for receiving and sending. The reason is `chosen` for the choice of an admin, the code of the error that
  -- ruled out the other protocol, or null for the default.
  receives_by          text NOT NULL CHECK (receives_by IN ('graph', 'imap')),
  receives_by_reason   text,
  sends_by             text NOT NULL CHECK (sends_by IN ('graph', 'smtp')),
  sends_by_reason      text,

  -- Settings.
  import_from          timestamptz NOT NULL,
  -- Retention deletes mail received before; sync ignores such mail, so that it isn't imported again. Only grows.
  deleted_before       timestamptz,
  -- Conversations of an import without mail from this time on arrive closed and read; null: all arrive open.
  import_closes_before timestamptz,
  -- Mail without reply headers joins a conversation by sender and subject.
  joins_by_subject     boolean NOT NULL DEFAULT false,
  -- New messages are written without formatting.
  writes_plain_text    boolean NOT NULL DEFAULT false,
  -- Time zone of dates above quotations; null: that of the author.
  time_zone            text,
  -- An answer assigns an unassigned conversation to its author.
  assigns_sender       boolean NOT NULL DEFAULT true,
  -- Name under which the mailbox's server writes Authentication-Results (RFC 8601); null: none is trusted.
  trusted_auth_serv_id text,
  -- Watches Junk for replies to sent mail, where Junk is not synced as a whole.
  watches_junk         boolean NOT NULL DEFAULT true,
  -- Folder for sent mail that an admin chose; null: found by its special-use attribute (RFC 6154) or its name.
  sent_folder          text,
  -- Acknowledgement that the mailbox sends automatically; null where it never did.
  automatic_reply      jsonb,

  state                text NOT NULL,
  state_reason         text,
  state_since          timestamptz NOT NULL,
  -- Microsoft's answer that led to the state: its numbers tell policies apart that share one reason code.
  state_upstream       jsonb,
  preflight            jsonb,

  -- Chosen folders that disappeared from the server, as [{"name": …, "at": …}], until an admin chooses folders again.
  lost_folders         jsonb NOT NULL DEFAULT '[]',
  created_at           timestamptz NOT NULL,

  CONSTRAINT email_accounts_principal_check CHECK (principal IN ('grant', 'application', 'password')),
  CONSTRAINT email_accounts_principal_grant CHECK ((principal = 'grant') = (grant_id IS NOT NULL)),
  CONSTRAINT email_accounts_principal_tenant CHECK ((principal = 'application') = (principal_tenant_id IS NOT NULL)),
  -- The application receives by either protocol and sends by Graph only.
  CONSTRAINT email_accounts_application_roads CHECK (principal <> 'application' OR sends_by = 'graph'),
  CONSTRAINT email_accounts_password_servers CHECK (
    (principal = 'password') = (servers IS NOT NULL)
    AND (principal = 'password') = (cloud_provider_id IS NULL)
    AND (principal <> 'password' OR (receives_by = 'imap' AND sends_by = 'smtp'))
  ),
  CONSTRAINT email_accounts_first_grant CHECK (
    first_grant_id IS NULL
    OR (stand_by_grant_id IS NOT NULL AND grant_id = stand_by_grant_id AND first_grant_id <> grant_id)
  )
);
CREATE UNIQUE INDEX email_accounts_address ON email_accounts (cloud_provider_id, lower(address));
-- Nulls are distinct in the index above, so mailboxes without a Cloud Provider have their own.
CREATE UNIQUE INDEX email_accounts_address_of_servers ON email_accounts (lower(address)) WHERE cloud_provider_id IS NULL;
CREATE INDEX email_accounts_stand_by ON email_accounts (stand_by_grant_id);
CREATE INDEX email_accounts_stand_by_due ON email_accounts (stand_by_due_at);
CREATE INDEX email_accounts_first_grant ON email_accounts (first_grant_id);

-- tokens owns the table; the constraint stands here because email_accounts refers to grants.
ALTER TABLE principal_wishes ADD FOREIGN KEY (email_account_id) REFERENCES email_accounts ON DELETE CASCADE;

-- Passwords of mail servers. `bound_to` is part of the associated data of the encryption: servers, ports, TLS,
-- authorities and user name for which the password may be used.
CREATE TABLE mail_passwords (
  email_account_id uuid PRIMARY KEY REFERENCES email_accounts ON DELETE CASCADE,
  bound_to         text NOT NULL,
  sealed           bytea NOT NULL,
  key_id           text NOT NULL REFERENCES encryption_keys
);

-- Sender names of a mailbox (RFC 8621 §6). The default identity, its own address and name, has no row until it is
-- changed; the row then has the id of the account.
CREATE TABLE identities (
  id               uuid PRIMARY KEY,
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  name             text NOT NULL,
  address          text NOT NULL,
  reply_to         jsonb,
  signature_text   text NOT NULL,
  signature_html   text NOT NULL,
  is_default       boolean NOT NULL,
  created_at       timestamptz NOT NULL
);
CREATE INDEX identities_of_account ON identities (email_account_id);
CREATE UNIQUE INDEX identities_default ON identities (email_account_id) WHERE is_default;

CREATE TABLE folders (
  id               uuid PRIMARY KEY,
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  remote_id        text NOT NULL,
  name             text NOT NULL,
  role             text,
  synced           boolean NOT NULL,
  -- Messages that the server last counted.
  remote_total     integer,
  UNIQUE (email_account_id, remote_id)
);

-- Spans in which an account was read completely at short intervals. Between two spans nothing proves that it was read.
-- A healthy account has one row, which grows.
CREATE TABLE proofs_of_life (
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  from_at          timestamptz NOT NULL,
  to_at            timestamptz NOT NULL,
  PRIMARY KEY (email_account_id, from_at)
)
-- The last row of each account changes every few minutes.
WITH (fillfactor = 70);
