-- Requests that create something, by their Idempotency-Key. See docs/decisions/0079-a-repeated-request-creates-once.md.
-- Locks: encryption_keys ShareRowExclusiveLock
-- Beside the previous version: it ignores the header, as before.

CREATE TABLE idempotent_requests (
  id           uuid PRIMARY KEY,
  -- SHA-256 of caller, route and key.
  request_hash bytea NOT NULL UNIQUE,
  -- Fingerprint of the request, and its answer once there is one. Null after an erasure.
  sealed       bytea,
  key_id       text REFERENCES encryption_keys,
  -- The latest attempt, which alone may commit.
  attempt_id   uuid NOT NULL,
  begun_at     timestamptz NOT NULL,
  leased_until timestamptz NOT NULL,
  -- Set by the first transaction of the attempt: from then on, something may exist.
  committed_at timestamptz,
  answered_at  timestamptz,
  CHECK ((sealed IS NULL) = (key_id IS NULL))
);
CREATE INDEX idempotent_requests_by_age ON idempotent_requests (begun_at);
