-- Locks: none.
-- Counts a message in the minute of its lane from its claim until a minute after its handover. A claim alone is too early:
-- where connecting takes seconds, the server counts the message later, and the next minute began before the server's.
CREATE OR REPLACE FUNCTION submission_admitted(account uuid, begins boolean, at timestamptz, most integer, pace text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  key text;
  row sending_lanes;
  under_way integer;
  recent timestamptz[];
  window_length CONSTANT interval := interval '61 s';
  -- A message is handed over within this time of its mark, which has an index.
  longest_handover CONSTANT interval := interval '15 min';
BEGIN
  IF submissions_under_way(account, at) >= most THEN RETURN false; END IF;
  IF NOT begins THEN RETURN true; END IF;
  SELECT lane INTO key FROM sending_states WHERE email_account_id = account;
  IF key IS NULL THEN RETURN true; END IF;
  SELECT * INTO row FROM sending_lanes WHERE lane = key FOR UPDATE;
  IF NOT FOUND THEN RETURN true; END IF;
  IF row.held_until > at THEN RETURN false; END IF;
  under_way := (SELECT count(*) FROM sending_states JOIN submissions USING (email_account_id)
    WHERE lane = key AND claimed_by IS NOT NULL AND lease_until > at AND state = 'sending');
  IF under_way >= most THEN RETURN false; END IF;
  IF row.per_minute IS NULL THEN RETURN true; END IF;
  -- A message whose outcome is unknown counts from its mark. Clocks of servers differ a little, so handovers ahead of this
  -- clock count; those of a clock that was set back do not.
  recent := ARRAY(SELECT moment FROM (
      SELECT coalesce(handed_over_at, send_begun_at) AS moment FROM sending_states JOIN submissions USING (email_account_id)
      WHERE lane = key AND send_begun_at > at - longest_handover
        AND (state <> 'sending' OR claimed_by IS NULL OR lease_until <= at)) AS sent
    WHERE moment > at - window_length AND moment < at + window_length ORDER BY moment);
  IF cardinality(recent) >= row.per_minute THEN
    UPDATE sending_lanes SET held_until = recent[cardinality(recent) - per_minute + 1] + window_length,
      held_code = pace WHERE lane = key;
    RETURN false;
  END IF;
  RETURN cardinality(recent) + under_way < row.per_minute;
END $$;
ALTER TABLE sending_lanes DROP COLUMN begun;
