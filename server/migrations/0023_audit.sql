-- Forwarding of the audit list. See docs/decisions/0074-the-audit-list-is-forwarded-from-a-position.md.
-- Locks: audit_entries ShareRowExclusiveLock
-- Beside the previous version: its inserts fire the trigger as well.

-- Targets that the environment of a server names or named.
CREATE TABLE audit_forwards (
  target        text PRIMARY KEY CHECK (target IN ('file', 'syslog')),
  -- Every entry up to it was forwarded.
  position      bigint NOT NULL DEFAULT 0,
  forwarded_at  timestamptz,
  -- Failures without a success between them, the time of the first one, and the end of the pause after the last one.
  failures      integer NOT NULL DEFAULT 0,
  failing_since timestamptz,
  retry_at      timestamptz,
  -- An error code, and its technical detail.
  reason        text,
  detail        text
);

-- As for events (`0001_events.sql`): a transaction holds a lock (class 20563) from before its first id until its end, so
-- that a reader who stays below the lowest of these locks misses no entry that commits late.
CREATE FUNCTION begin_recording_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(current_setting('postkey.recording', true), '') = '' THEN
    PERFORM pg_advisory_xact_lock_shared(20563, (SELECT last_value % 2147483648 FROM audit_entries_id_seq)::int);
    PERFORM set_config('postkey.recording', 'yes', true);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER audit_entries_begin_recording BEFORE INSERT ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION begin_recording_audit();

-- Returns the id up to which no further entries can appear. Its statements must stay in this order.
CREATE FUNCTION audit_safe_end() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  last bigint;
  lowest bigint;
BEGIN
  SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO last FROM audit_entries_id_seq;
  -- A lock has room for only 31 bits of its id.
  SELECT min(last - ((last - objid::bigint) % 2147483648 + 2147483648) % 2147483648) INTO lowest FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 20563 AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
  RETURN least(last, lowest);
END $$;
