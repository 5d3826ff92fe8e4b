-- Locks: incident_email_accounts for a moment.
-- What of a mailbox an incident stops: receiving, sending or both.
ALTER TABLE incident_email_accounts ADD COLUMN affects text NOT NULL DEFAULT 'receiving'
  CHECK (affects IN ('receiving', 'sending', 'both'));
