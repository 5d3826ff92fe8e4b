-- Receivers of webhooks: programs that get events, and those that get alerts.
CREATE TABLE webhook_endpoints (
  id                uuid PRIMARY KEY,
  purpose           text NOT NULL CHECK (purpose IN ('events', 'alerts')),
  name              text NOT NULL,
  url               text NOT NULL,
  -- Patterns such as `message.*`, and mailboxes; null for all.
  kinds             text[],
  email_account_ids uuid[],
  includes_message  boolean NOT NULL DEFAULT false,
  concurrency       integer NOT NULL DEFAULT 4 CHECK (concurrency BETWEEN 1 AND 16),
  -- Actor whose rights limit the events: who created it, or last changed where they go.
  owner             text NOT NULL,
  created_at        timestamptz NOT NULL,
  removed_at        timestamptz,

  -- Every event up to it is delivered, or waits in `webhook_deliveries`.
  position          bigint NOT NULL DEFAULT 0,
  -- A replay in progress: events after the one id, up to the other.
  replay_after      bigint,
  replay_until      bigint,

  state             text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'disabled')),
  disabled_at       timestamptz,
  disabled_reason   text,
  -- Name of the endpoint in its open incident.
  incident_name     text,
  -- Failures without a success between them, the time of the first one, and the end of the pause after the last one.
  failures          integer NOT NULL DEFAULT 0,
  failing_since     timestamptz,
  paused_until      timestamptz,
  last_delivered_at timestamptz,
  last_failed_at    timestamptz,
  last_reason       text,

  -- The server that delivers at the moment.
  claim             uuid,
  claimed_until     timestamptz
);

-- Secrets that sign the requests of an endpoint: the newest, and the one before it until it expires.
CREATE TABLE webhook_secrets (
  id          uuid PRIMARY KEY,
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
  sealed      bytea NOT NULL,
  key_id      text NOT NULL REFERENCES encryption_keys,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz
);
CREATE INDEX webhook_secrets_of_endpoint ON webhook_secrets (endpoint_id);

-- Deliveries that wait, and the latest settled ones of each endpoint. A success at the first attempt has a row only
-- among the latest. No row contains an event: it is read again.
CREATE TABLE webhook_deliveries (
  id           uuid PRIMARY KEY,
  -- Order of deliveries with the same key.
  seq          bigint GENERATED ALWAYS AS IDENTITY,
  endpoint_id  uuid NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
  event_id     bigint,
  -- An alert, with its body.
  alert_id     uuid REFERENCES alerts ON DELETE CASCADE,
  body         jsonb,
  kind         text NOT NULL,
  order_key    text NOT NULL,
  state        text NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
  attempts     integer NOT NULL DEFAULT 0,
  created_at   timestamptz NOT NULL,
  -- Null while an earlier one of the same key waits.
  due_at       timestamptz,
  attempted_at timestamptz,
  latency_ms   integer,
  -- An error code, and the answer, truncated.
  reason       text,
  answer       text,
  CHECK ((event_id IS NULL) <> (alert_id IS NULL))
);
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (endpoint_id, order_key, seq) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at)
  WHERE state = 'waiting' AND due_at IS NOT NULL;
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (endpoint_id, event_id) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (endpoint_id, seq);
CREATE INDEX webhook_deliveries_of_alert ON webhook_deliveries (alert_id) WHERE alert_id IS NOT NULL;
