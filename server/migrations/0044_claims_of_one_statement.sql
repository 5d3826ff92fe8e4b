-- Locks: submissions against writing while the indexes are made, and for a moment at the end against reading.
-- How many submissions of a mailbox are under way, counted with its lock (class 20557) in hand: each query of a volatile
-- function sees what was committed before it, which a statement that counts by itself does not.
CREATE FUNCTION submissions_under_way(account uuid, now timestamptz) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(20557, hashtext(account::text));
  RETURN (SELECT count(*) FROM submissions
    WHERE email_account_id = account AND claimed_by IS NOT NULL AND lease_until > now);
END $$;

-- For a statement that appends an event or none: an INSERT of nothing would wake all who listen.
CREATE FUNCTION append_event(kind text, account uuid, subject text, payload jsonb, at timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE AS $$
  INSERT INTO events (kind, email_account_id, subject_id, payload, at) VALUES (kind, account, subject, payload, at) RETURNING id
$$;

-- What waits to go out comes before what went out and whose copy is looked for, so each has an order of its own.
CREATE INDEX submissions_unsent ON submissions (due_at) WHERE state IN ('queued', 'sending');
CREATE INDEX submissions_unsent_of_account ON submissions (email_account_id, due_at) WHERE state IN ('queued', 'sending');
CREATE INDEX submissions_without_copy ON submissions (due_at) WHERE state = 'handed-over';
CREATE INDEX submissions_without_copy_of_account ON submissions (email_account_id, due_at) WHERE state = 'handed-over';
DROP INDEX submissions_due, submissions_due_of_account;
