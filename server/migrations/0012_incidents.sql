-- Failures, recorded at the part that caused them. A state holds the current problem; an incident adds its start and
-- its alerts.
CREATE TABLE incidents (
  id                uuid PRIMARY KEY,
  cause             text NOT NULL,
  -- The part of that kind. Two open incidents never share cause and cause_key.
  cause_key         text NOT NULL,
  -- Its name when the incident opened, so that the history is readable after its removal.
  subject_name      text NOT NULL,
  cloud_provider_id uuid REFERENCES cloud_providers ON DELETE SET NULL,
  grant_id          uuid REFERENCES grants ON DELETE SET NULL,
  email_account_id  uuid REFERENCES email_accounts ON DELETE SET NULL,
  tenant_id         text,
  code              text NOT NULL,
  -- Measured values and the effect, in one or two sentences.
  detail            text,
  -- Start of the failure. Earlier than opened_at for a cause that is observed for a while first.
  since             timestamptz NOT NULL,
  opened_at         timestamptz NOT NULL,
  closed_at         timestamptz,
  -- Due notifications. Null once sent or when none is needed.
  alert_at          timestamptz,
  remind_at         timestamptz,
  all_clear_at      timestamptz,
  alerted_at        timestamptz,
  all_clear_sent_at timestamptz,
  reminders         integer NOT NULL DEFAULT 0,
  reopened          integer NOT NULL DEFAULT 0,
  acknowledged_at   timestamptz,
  acknowledged_by   text,
  CONSTRAINT incidents_cause_check
    CHECK (cause IN ('provider', 'tenant-policy', 'person', 'mailbox', 'network', 'microsoft', 'installation')),
  CHECK (closed_at IS NULL OR (alert_at IS NULL AND remind_at IS NULL))
);
CREATE UNIQUE INDEX incidents_one_open_per_cause ON incidents (cause, cause_key) WHERE closed_at IS NULL;
CREATE INDEX incidents_by_cause ON incidents (cause, cause_key, closed_at);
CREATE INDEX incidents_by_opening ON incidents (opened_at, id);
CREATE INDEX incidents_to_tell ON incidents (id)
  WHERE alert_at IS NOT NULL OR remind_at IS NOT NULL OR all_clear_at IS NOT NULL;

-- Affected mailboxes. Name and address are stored, and no foreign key: a removed mailbox stays in the history.
CREATE TABLE incident_email_accounts (
  incident_id      uuid NOT NULL REFERENCES incidents ON DELETE CASCADE,
  email_account_id uuid NOT NULL,
  name             text NOT NULL,
  address          text NOT NULL,
  -- The function of the mailbox that the incident stops. `actions`: only mailbox actions.
  affects          text NOT NULL DEFAULT 'receiving' CHECK (affects IN ('receiving', 'sending', 'both', 'actions')),
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

-- Troubles of this installation itself: disk space, the database, a killed worker. Open ones become incidents.
CREATE TABLE installation_troubles (
  id         uuid PRIMARY KEY,
  code       text NOT NULL,
  -- The host that has the trouble; empty when it concerns the whole installation.
  server     text NOT NULL,
  detail     text NOT NULL,
  since      timestamptz NOT NULL,
  -- A stopped host cannot end its trouble: from this time on it counts as ended unless it is reported again.
  expires_at timestamptz,
  ended_at   timestamptz
);
CREATE UNIQUE INDEX installation_troubles_one_open ON installation_troubles (code, server) WHERE ended_at IS NULL;
