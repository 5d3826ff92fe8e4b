-- Forwarding of the audit list. See docs/decisions/0074-the-audit-list-is-forwarded-from-a-position.md.
-- Locks: audit_entries ShareRowExclusiveLock
-- Beside the previous version: its inserts fire the trigger as well.

-- Targets that the environment of a server names or named.
CREATE TABLE audit_forwards (
  target         text PRIMARY KEY CHECK (target IN ('file', 'syslog')),
  -- Receiver, or file and its host, that servers forward to; when one last did, and since when. Another destination
  -- continues at the position when this one is no longer used.
  destination    text NOT NULL,
  used_at        timestamptz NOT NULL,
  since          timestamptz NOT NULL,
  -- Every entry up to it was forwarded, or deleted by its age.
  position       bigint NOT NULL DEFAULT 0,
  forwarded_at   timestamptz,
  -- Time of the first failure without a success after it, and error code and technical detail of the last one.
  failing_since  timestamptz,
  reason         text,
  detail         text,
  -- Entries that were deleted by their age before they were forwarded, and the time of the last deletion.
  deleted_unsent bigint NOT NULL DEFAULT 0,
  deleted_at     timestamptz
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
