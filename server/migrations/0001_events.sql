-- Events. Written in the transaction of the change that they report.
CREATE TABLE events (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind             text NOT NULL,
  email_account_id uuid,
  subject_id       text NOT NULL,
  payload          jsonb NOT NULL,
  at               timestamptz NOT NULL
);
CREATE INDEX events_by_account ON events (email_account_id, id);
-- History of one conversation.
CREATE INDEX events_by_subject ON events (subject_id, id);
-- The health of an account is drawn from these few rows, without reading all its events.
CREATE INDEX events_of_health ON events (subject_id, at)
  WHERE kind IN ('email_account.state_changed', 'grant.state_changed', 'grant.refreshed');
CREATE INDEX events_of_unsent ON events (email_account_id, at)
  WHERE kind IN ('submission.failed', 'submission.outcome_lost');

-- Ids are assigned in one order and become visible in another, because transactions end in any order. Each appending
-- transaction therefore holds a lock until its end (class 20555, "PK"), taken before its first id is assigned. The lock
-- names an id below all ids of the transaction. A reader stays below the lowest of these locks and misses no event.
CREATE FUNCTION begin_appending_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(current_setting('postkey.appending', true), '') = '' THEN
    PERFORM pg_advisory_xact_lock_shared(20555, (SELECT last_value % 2147483648 FROM events_id_seq)::int);
    PERFORM set_config('postkey.appending', 'yes', true);
    PERFORM pg_notify('events', '');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER events_begin_appending BEFORE INSERT ON events
  FOR EACH STATEMENT EXECUTE FUNCTION begin_appending_events();

-- Appends one event, for statements that append an event or none: an INSERT of no row would still wake all listeners.
CREATE FUNCTION append_event(kind text, account uuid, subject text, payload jsonb, at timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE AS $$
  INSERT INTO events (kind, email_account_id, subject_id, payload, at) VALUES (kind, account, subject, payload, at)
  RETURNING id
$$;

-- Returns the id up to which no further events can appear. Its statements must stay in this order: an id assigned
-- before the first one belongs to a transaction whose lock the second one sees, or to one that has ended.
CREATE FUNCTION events_safe_end(OUT safe_end bigint, OUT waiting boolean) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  last bigint;
  lowest bigint;
BEGIN
  -- The last_value of an unused sequence is 1, and the first event of all would be treated as delivered.
  SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO last FROM events_id_seq;
  -- A lock has room for only 31 bits of its id.
  SELECT min(last - ((last - objid::bigint) % 2147483648 + 2147483648) % 2147483648) INTO lowest FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 20555 AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
  safe_end := least(last, lowest);
  waiting := lowest IS NOT NULL;
END $$;
