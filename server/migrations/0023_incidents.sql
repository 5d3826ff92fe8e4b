-- Locks: email_accounts, for as long as it takes to add a column. Else none but on the tables it makes.

-- When everything was read to its end, or in an import a page of it was stored: the proof of life. No error is no proof.
ALTER TABLE email_accounts ADD COLUMN last_read_at timestamptz;

-- What broke, at the thing that caused it. States say what is wrong now; this remembers since when and who was told.
CREATE TABLE incidents (
  id                uuid PRIMARY KEY,
  cause             text NOT NULL CHECK (cause IN ('provider', 'tenant-policy', 'person', 'mailbox', 'network', 'microsoft')),
  -- Names the one thing of that kind. With `cause` it is what two open incidents may not share.
  cause_key         text NOT NULL,
  -- As it was called when the incident opened, so that the history can be read after the thing was removed.
  subject_name      text NOT NULL,
  cloud_provider_id uuid REFERENCES cloud_providers ON DELETE SET NULL,
  grant_id          uuid REFERENCES grants ON DELETE SET NULL,
  email_account_id  uuid REFERENCES email_accounts ON DELETE SET NULL,
  tenant_id         text,
  code              text NOT NULL,
  -- Since when it was broken, which is before it was opened where a while is waited first.
  since             timestamptz NOT NULL,
  opened_at         timestamptz NOT NULL,
  closed_at         timestamptz,
  -- What is still to be told, and when. Null once it was told or need not be.
  alert_at          timestamptz,
  remind_at         timestamptz,
  all_clear_at      timestamptz,
  alerted_at        timestamptz,
  all_clear_sent_at timestamptz,
  reminders         integer NOT NULL DEFAULT 0,
  reopened          integer NOT NULL DEFAULT 0,
  acknowledged_at   timestamptz,
  acknowledged_by   text,
  CHECK (closed_at IS NULL OR (alert_at IS NULL AND remind_at IS NULL))
);
CREATE UNIQUE INDEX incidents_one_open_per_cause ON incidents (cause, cause_key) WHERE closed_at IS NULL;
CREATE INDEX incidents_by_cause ON incidents (cause, cause_key, closed_at);
CREATE INDEX incidents_by_opening ON incidents (opened_at, id);
CREATE INDEX incidents_to_tell ON incidents (id)
  WHERE alert_at IS NOT NULL OR remind_at IS NOT NULL OR all_clear_at IS NOT NULL;

-- Name and address are kept: a mailbox that is removed was affected all the same.
CREATE TABLE incident_email_accounts (
  incident_id      uuid NOT NULL REFERENCES incidents ON DELETE CASCADE,
  email_account_id uuid NOT NULL,
  name             text NOT NULL,
  address          text NOT NULL,
  since            timestamptz NOT NULL,
  until            timestamptz,
  PRIMARY KEY (incident_id, email_account_id)
);
CREATE INDEX incident_email_accounts_by_account ON incident_email_accounts (email_account_id, incident_id);

CREATE TABLE incident_entries (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  incident_id uuid NOT NULL REFERENCES incidents ON DELETE CASCADE,
  kind        text NOT NULL,
  at          timestamptz NOT NULL,
  payload     jsonb NOT NULL
);
CREATE INDEX incident_entries_by_incident ON incident_entries (incident_id, id);

-- What people are told. The key makes telling the same thing twice a thing that cannot happen.
CREATE TABLE alerts (
  id          uuid PRIMARY KEY,
  key         text NOT NULL UNIQUE,
  kind        text NOT NULL,
  incident_id uuid REFERENCES incidents ON DELETE SET NULL,
  subject     text NOT NULL,
  text        text NOT NULL,
  payload     jsonb NOT NULL,
  created_at  timestamptz NOT NULL
);
CREATE INDEX alerts_by_incident ON alerts (incident_id);
CREATE INDEX alerts_by_time ON alerts (created_at, id);

-- Where webhooks are sent. The secret signs them and is shown once.
CREATE TABLE alert_webhooks (
  id           uuid PRIMARY KEY,
  name         text NOT NULL,
  url          text NOT NULL,
  sealed       bytea NOT NULL,
  key_id       text NOT NULL REFERENCES encryption_keys,
  created_at   timestamptz NOT NULL,
  removed_at   timestamptz
);

-- One per alert, road and recipient.
CREATE TABLE alert_deliveries (
  id          uuid PRIMARY KEY,
  alert_id    uuid NOT NULL REFERENCES alerts ON DELETE CASCADE,
  channel     text NOT NULL CHECK (channel IN ('email', 'webhook')),
  -- An address, or the id of a webhook.
  recipient   text NOT NULL,
  -- `handing-over`: from here on the other side may have it, whatever becomes of us.
  state       text NOT NULL CHECK (state IN ('waiting', 'handing-over', 'delivered', 'unclear', 'failed', 'not-sent')),
  attempts    integer NOT NULL DEFAULT 0,
  due_at      timestamptz NOT NULL,
  -- A code of the catalogue, and what the other side answered, cut short.
  reason      text,
  answer      text,
  settled_at  timestamptz,
  UNIQUE (alert_id, channel, recipient)
);
CREATE INDEX alert_deliveries_due ON alert_deliveries (due_at) WHERE state IN ('waiting', 'handing-over');

-- The SMTP relay: one row, or none.
CREATE TABLE alert_relay (
  one          boolean PRIMARY KEY DEFAULT true CHECK (one),
  host         text NOT NULL,
  port         integer NOT NULL,
  security     text NOT NULL CHECK (security IN ('tls', 'starttls', 'none')),
  ca           text,
  user_name    text,
  sealed       bytea,
  key_id       text REFERENCES encryption_keys,
  from_address text NOT NULL,
  changed_at   timestamptz NOT NULL,
  -- How it was proven, for these settings: accepted by the relay, or read by a person who entered the code.
  test_id      uuid,
  test_to      text,
  test_code_hash bytea,
  test_tries   integer NOT NULL DEFAULT 0,
  test_sent_at timestamptz,
  tested_at    timestamptz,
  tested_how   text CHECK (tested_how IN ('accepted', 'confirmed')),
  test_reason  text,
  test_answer  text
);
