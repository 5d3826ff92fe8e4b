-- Locks: none but on the tables it makes.
-- Check record of the key ring: a sealed known text per key, so that a wrong key is noticed at the start.
CREATE TABLE encryption_keys (
  key_id      text PRIMARY KEY,
  check_value bytea NOT NULL,
  created_at  timestamptz NOT NULL
);

-- What happened, written in the transaction in which it happened.
CREATE TABLE events (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind             text NOT NULL,
  email_account_id uuid,
  subject_id       text NOT NULL,
  payload          jsonb NOT NULL,
  at               timestamptz NOT NULL
);
CREATE INDEX events_by_account ON events (email_account_id, id);

-- Ids are given in one order and become visible in another, since transactions end when they like. So each transaction
-- that appends holds, until its end, a lock that says after which id its own lie (class 20555, "PK"), taken before its
-- first id is given. Who reads stays below the lowest of these locks and misses nothing.
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

-- What admins did.
CREATE TABLE audit_entries (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  actor   text NOT NULL,
  action  text NOT NULL,
  subject text NOT NULL,
  detail  jsonb NOT NULL,
  at      timestamptz NOT NULL
);
