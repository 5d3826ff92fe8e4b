-- Notifications. The unique key prevents duplicates.
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

-- Emails of an alert, one per recipient. Its webhooks are in `webhook_deliveries`.
CREATE TABLE alert_deliveries (
  id         uuid PRIMARY KEY,
  alert_id   uuid NOT NULL REFERENCES alerts ON DELETE CASCADE,
  recipient  text NOT NULL,
  -- `handing-over`: from here on the recipient may have it, even if this process dies.
  state      text NOT NULL CHECK (state IN ('waiting', 'handing-over', 'delivered', 'unclear', 'failed', 'not-sent')),
  attempts   integer NOT NULL DEFAULT 0,
  due_at     timestamptz NOT NULL,
  -- An error code, and the answer of the recipient's server, truncated.
  reason     text,
  answer     text,
  settled_at timestamptz,
  UNIQUE (alert_id, recipient)
);
CREATE INDEX alert_deliveries_due ON alert_deliveries (due_at) WHERE state IN ('waiting', 'handing-over');

-- The SMTP relay: at most one row.
CREATE TABLE alert_relay (
  one            boolean PRIMARY KEY DEFAULT true CHECK (one),
  host           text NOT NULL,
  port           integer NOT NULL,
  security       text NOT NULL CHECK (security IN ('tls', 'starttls', 'none')),
  ca             text,
  user_name      text,
  sealed         bytea,
  key_id         text REFERENCES encryption_keys,
  from_address   text NOT NULL,
  changed_at     timestamptz NOT NULL,
  -- Test of these settings: accepted by the relay, or confirmed by a user who entered the code of the mail.
  test_id        uuid,
  test_to        text,
  test_code_hash bytea,
  test_tries     integer NOT NULL DEFAULT 0,
  test_sent_at   timestamptz,
  tested_at      timestamptz,
  tested_how     text CHECK (tested_how IN ('accepted', 'confirmed')),
  test_reason    text,
  test_answer    text
);
