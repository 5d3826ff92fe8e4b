-- Locks: submissions against writing while its indexes are made, and for a moment at the end against reading.
-- The state of sending of each mailbox: why it cannot send, until when its mail is held, and with which login it sends.
CREATE TABLE sending_states (
  email_account_id uuid PRIMARY KEY REFERENCES email_accounts ON DELETE CASCADE,
  lane text,
  held_until timestamptz,
  held_code text,
  trouble_code text,
  trouble_since timestamptz,
  trouble_upstream jsonb,
  -- Last attempt that a fault of the whole mailbox refused.
  fault_at timestamptz,
  CHECK ((trouble_code IS NULL) = (trouble_since IS NULL)),
  CHECK (held_until IS NULL OR held_code IS NOT NULL)
);
CREATE INDEX sending_states_by_lane ON sending_states (lane) WHERE lane IS NOT NULL;

-- A lane is one login at one server. Mailboxes that send with it share its messages a minute and its connections.
CREATE TABLE sending_lanes (
  lane text PRIMARY KEY,
  per_minute integer,
  -- Beginnings of the messages of the last minute, oldest first; at most per_minute of them.
  begun timestamptz[] NOT NULL DEFAULT '{}',
  held_until timestamptz,
  held_code text,
  CHECK (held_until IS NULL OR held_code IS NOT NULL)
);

-- Since when the message waits; null where nobody sent it again: then since its acceptance, or the end of its hold.
ALTER TABLE submissions ADD COLUMN waits_since timestamptz;
-- First of the transient errors since the message last met none: five days of them end its attempts.
ALTER TABLE submissions ADD COLUMN transient_since timestamptz;

-- Of messages that were accepted at the same moment the first goes out first.
CREATE INDEX submissions_unsent_in_order ON submissions (due_at, id) WHERE state IN ('queued', 'sending');
CREATE INDEX submissions_unsent_of_account_in_order ON submissions (email_account_id, due_at, id)
  WHERE state IN ('queued', 'sending');
DROP INDEX submissions_unsent, submissions_unsent_of_account;

-- Decides whether a message may be claimed, and takes its place in the minute of its lane. Each query of a volatile function
-- sees what was committed before it, so the locks of mailbox and lane, taken first and in this order, make the counts exact.
-- The minute has a margin, because a server counts a message when it arrives, and not when it is claimed.
CREATE FUNCTION submission_admitted(account uuid, begins boolean, at timestamptz, most integer, pace text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  key text;
  row sending_lanes;
  recent timestamptz[];
  window_length CONSTANT interval := interval '61 s';
BEGIN
  IF submissions_under_way(account, at) >= most THEN RETURN false; END IF;
  IF NOT begins THEN RETURN true; END IF;
  SELECT lane INTO key FROM sending_states WHERE email_account_id = account;
  IF key IS NULL THEN RETURN true; END IF;
  SELECT * INTO row FROM sending_lanes WHERE lane = key FOR UPDATE;
  IF NOT FOUND THEN RETURN true; END IF;
  IF row.held_until > at THEN RETURN false; END IF;
  IF (SELECT count(*) FROM sending_states JOIN submissions USING (email_account_id)
      WHERE lane = key AND claimed_by IS NOT NULL AND lease_until > at AND state = 'sending') >= most THEN
    RETURN false;
  END IF;
  IF row.per_minute IS NULL THEN RETURN true; END IF;
  -- Clocks of servers differ a little, so beginnings ahead of this one count; those of a clock that was set back do not.
  recent := ARRAY(SELECT moment FROM unnest(row.begun) AS moment
    WHERE moment > at - window_length AND moment < at + window_length ORDER BY moment);
  IF cardinality(recent) < row.per_minute THEN
    recent := recent || at;
    UPDATE sending_lanes SET begun = recent,
      held_until = CASE WHEN cardinality(recent) >= per_minute THEN recent[1] + window_length END,
      held_code = CASE WHEN cardinality(recent) >= per_minute THEN pace END
      WHERE lane = key;
    RETURN true;
  END IF;
  UPDATE sending_lanes SET held_until = recent[cardinality(recent) - per_minute + 1] + window_length,
    held_code = pace WHERE lane = key;
  RETURN false;
END $$;
