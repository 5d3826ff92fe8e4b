-- Locks: incidents, for as long as it takes to add a column and to check the causes of its rows.

-- Troubles of this installation itself: disk space, the database, a killed worker. The keeper of incidents reads the open ones.
CREATE TABLE installation_troubles (
  id         uuid PRIMARY KEY,
  code       text NOT NULL,
  -- The host that has the trouble; empty when it concerns the whole installation.
  server     text NOT NULL,
  detail     text NOT NULL,
  since      timestamptz NOT NULL,
  -- A host that ends cannot end its trouble: from this time on it counts as ended unless it is reported again.
  expires_at timestamptz,
  ended_at   timestamptz
);
CREATE UNIQUE INDEX installation_troubles_one_open ON installation_troubles (code, server) WHERE ended_at IS NULL;

-- Measured values and the effect, in one or two sentences.
ALTER TABLE incidents ADD COLUMN detail text;
ALTER TABLE incidents DROP CONSTRAINT incidents_cause_check;
ALTER TABLE incidents ADD CONSTRAINT incidents_cause_check
  CHECK (cause IN ('provider', 'tenant-policy', 'person', 'mailbox', 'network', 'microsoft', 'installation'));
