CREATE TABLE submissions (
  id                uuid PRIMARY KEY,
  email_account_id  uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  conversation_id   uuid REFERENCES conversations,
  submitted_by      text NOT NULL,
  -- Recipient of an automatic reply, in lower case; null for submissions of users and programs.
  answers_by_itself text,
  idempotency_key   text NOT NULL,
  -- Hash of the request, so that a key reused for another request is detected.
  request_hash      bytea NOT NULL,
  message_id        text NOT NULL UNIQUE,
  content           jsonb NOT NULL,

  state             text NOT NULL
    CHECK (state IN ('queued', 'sending', 'handed-over', 'sent', 'unknown', 'failed', 'canceled')),
  state_reason      text,
  -- Answer of the server, for display.
  state_detail      text,

  remote_draft_id   text,
  -- Set before the server is first asked to send: from then on only this draft may be sent.
  send_begun_at     timestamptz,
  handed_over_at    timestamptz,
  -- Its outcome was unknown when a user sent it again: Sent is searched before.
  was_unclear       boolean NOT NULL DEFAULT false,
  sent_message_id   uuid REFERENCES messages ON DELETE SET NULL,
  remote_message_id text,

  attempts          integer NOT NULL DEFAULT 0,
  due_at            timestamptz NOT NULL,
  -- No handover before this time, so that the author can still cancel.
  not_before        timestamptz,
  -- Time that the author chose for sending; null for a message that is sent at once.
  send_at           timestamptz,
  -- Changes in its conversation (JSON of `AnswerEffect`): canceling reverts them.
  effect            jsonb,
  -- Start of the waiting time of a message that was sent again; null for others, which wait from their acceptance or
  -- the end of their hold.
  waits_since       timestamptz,
  -- First of the current transient errors; null after an attempt without one. Five days of them end the attempts.
  transient_since   timestamptz,
  -- When to look for drafts that an attempt left behind.
  tidy_at           timestamptz,
  claimed_by        text,
  lease_until       timestamptz,
  fence             bigint NOT NULL DEFAULT 0,
  created_at        timestamptz NOT NULL,
  UNIQUE (email_account_id, idempotency_key)
);
-- Queue of all mailboxes, and of one mailbox however much waits in others. Of messages accepted at the same moment the
-- first is sent first. Unsent messages precede the search for copies of sent ones, so each has its own indexes.
CREATE INDEX submissions_unsent_in_order ON submissions (due_at, id) WHERE state IN ('queued', 'sending');
CREATE INDEX submissions_unsent_of_account_in_order ON submissions (email_account_id, due_at, id)
  WHERE state IN ('queued', 'sending');
-- The inbox lists what a person must decide, and the overview counts it by mailbox. Few rows, which only a failure adds.
CREATE INDEX submissions_to_decide ON submissions (email_account_id, id) WHERE state IN ('failed', 'unknown');
-- Few rows: a message leaves it when it is sent.
CREATE INDEX submissions_scheduled ON submissions (send_at, id) WHERE state = 'queued' AND send_at IS NOT NULL;
CREATE INDEX submissions_without_copy ON submissions (due_at) WHERE state = 'handed-over';
CREATE INDEX submissions_without_copy_of_account ON submissions (email_account_id, due_at) WHERE state = 'handed-over';
-- Counted by mailbox at each claim. Few rows, and renewing a lease changes nothing in it.
CREATE INDEX submissions_under_way ON submissions (email_account_id) WHERE claimed_by IS NOT NULL;
CREATE INDEX submissions_begun ON submissions (email_account_id, send_begun_at) WHERE send_begun_at IS NOT NULL;
CREATE INDEX submissions_untidy ON submissions (tidy_at) WHERE tidy_at IS NOT NULL;
CREATE INDEX submissions_by_conversation ON submissions (conversation_id, id);
CREATE INDEX submissions_by_remote_draft ON submissions (email_account_id, remote_draft_id);
-- A conversation shows the sender of each message, and each message sent is looked up here.
CREATE INDEX submissions_by_sent_message ON submissions (sent_message_id) WHERE sent_message_id IS NOT NULL;
CREATE INDEX submissions_by_acceptance ON submissions (email_account_id, created_at);
CREATE INDEX submissions_by_themselves ON submissions (email_account_id, created_at) WHERE answers_by_itself IS NOT NULL;

-- The content is deleted once the message is sent.
CREATE TABLE submission_attachments (
  submission_id uuid NOT NULL REFERENCES submissions ON DELETE CASCADE,
  position      integer NOT NULL,
  name          text NOT NULL,
  content_type  text NOT NULL,
  content_id    text,
  is_inline     boolean NOT NULL,
  size_bytes    bigint NOT NULL,
  content       bytea,
  PRIMARY KEY (submission_id, position)
);

-- Submissions that may have been sent before the database was restored.
CREATE TABLE held_submissions (
  submission_id uuid PRIMARY KEY REFERENCES submissions ON DELETE CASCADE,
  restore_id    uuid NOT NULL REFERENCES database_restores,
  in_sent       text NOT NULL DEFAULT 'pending' CHECK (in_sent IN ('pending', 'found', 'not-found', 'unreadable')),
  -- When to look for its copy again.
  due_at        timestamptz NOT NULL
);
CREATE INDEX held_submissions_due ON held_submissions (due_at) WHERE in_sent = 'pending';
CREATE INDEX held_submissions_by_restore ON held_submissions (restore_id);

-- State of sending of each mailbox: why it cannot send, until when its mail is held, and its lane.
CREATE TABLE sending_states (
  email_account_id uuid PRIMARY KEY REFERENCES email_accounts ON DELETE CASCADE,
  lane             text,
  held_until       timestamptz,
  held_code        text,
  trouble_code     text,
  trouble_since    timestamptz,
  trouble_upstream jsonb,
  -- Last attempt that a fault of the whole mailbox refused.
  fault_at         timestamptz,
  CHECK ((trouble_code IS NULL) = (trouble_since IS NULL)),
  CHECK (held_until IS NULL OR held_code IS NOT NULL)
);
CREATE INDEX sending_states_by_lane ON sending_states (lane) WHERE lane IS NOT NULL;

-- A lane is one login at one server. Mailboxes that send with it share its messages per minute and its connections.
CREATE TABLE sending_lanes (
  lane       text PRIMARY KEY,
  per_minute integer,
  held_until timestamptz,
  held_code  text,
  CHECK (held_until IS NULL OR held_code IS NOT NULL)
);

-- Counts the claimed submissions of a mailbox while holding its lock (class 20557). Each query of a volatile function
-- sees the rows committed before it, unlike a count within the claiming statement.
CREATE FUNCTION submissions_under_way(account uuid, now timestamptz) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(20557, hashtext(account::text));
  RETURN (SELECT count(*) FROM submissions
    WHERE email_account_id = account AND claimed_by IS NOT NULL AND lease_until > now);
END $$;

-- Decides whether a message may be claimed. The locks of mailbox and lane, taken first and in this order, make the
-- counts exact, because each query of a volatile function sees the rows committed before it.
-- A message counts in the minute of its lane from its claim until a minute after its handover. Counting the claim alone
-- would be too early: where connecting takes seconds, the server counts the message later than Postkey. The window has
-- a margin of a second, because the server counts a message when it arrives.
CREATE FUNCTION submission_admitted(account uuid, begins boolean, at timestamptz, most integer, pace text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  key text;
  row sending_lanes;
  under_way integer;
  recent timestamptz[];
  window_length CONSTANT interval := interval '61 s';
  -- A message is handed over within this time after send_begun_at, which has an index.
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
  -- A message whose outcome is unknown counts from send_begun_at. Clocks of servers differ a little, so handovers ahead
  -- of this clock count; those of a clock that was set back do not.
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

-- Decides whether a worker may claim several messages of a mailbox at once, while holding the lock of the mailbox. It
-- must hold the only claims there, so that the limit per mailbox stays exact, and share its lane with no other mailbox,
-- so that the oldest message of the lane goes first. Messages of a lane with a limit per minute are admitted one by one.
CREATE FUNCTION submission_batch_admitted(account uuid, worker text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  key text;
BEGIN
  IF EXISTS (SELECT 1 FROM submissions WHERE email_account_id = account AND claimed_by IS NOT NULL
    AND claimed_by <> worker AND lease_until > at) THEN RETURN false; END IF;
  SELECT lane INTO key FROM sending_states WHERE email_account_id = account;
  IF key IS NULL THEN RETURN true; END IF;
  RETURN NOT EXISTS (SELECT 1 FROM sending_states WHERE lane = key AND email_account_id <> account)
    AND NOT EXISTS (SELECT 1 FROM sending_lanes WHERE lane = key AND per_minute IS NOT NULL);
END $$;

-- Functions for the steps of every message. A function keeps its plans; planning took longer than the work. Each
-- statement finds its rows by a key and uses no sequential scan, so the plan stays right while the tables grow.

-- Ends the trouble and the holds of mailboxes from which these messages went out, except those of other messages.
-- Faults of a single message are listed in one_message: other mail can succeed and proves nothing about them. A message
-- already being sent does not end a pause of the login (of_login) that the server requested for another one.
CREATE FUNCTION end_sending_troubles(accounts uuid[], sent uuid[], one_message text[], of_login text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  mailbox sending_states;
  stays boolean;
BEGIN
  FOR mailbox IN SELECT * FROM sending_states
    WHERE email_account_id = ANY (accounts) AND (trouble_code IS NOT NULL OR held_until IS NOT NULL)
    ORDER BY email_account_id FOR UPDATE
  LOOP
    stays := mailbox.trouble_code = ANY (one_message) AND EXISTS (SELECT 1 FROM submissions
      WHERE email_account_id = mailbox.email_account_id AND state IN ('queued', 'sending') AND id <> ALL (sent)
        AND state_reason = mailbox.trouble_code);
    UPDATE sending_states SET
      trouble_code = CASE WHEN stays THEN trouble_code END,
      trouble_since = CASE WHEN stays THEN trouble_since END,
      trouble_upstream = CASE WHEN stays THEN trouble_upstream END,
      held_until = CASE WHEN held_code = ANY (of_login) THEN held_until END,
      held_code = CASE WHEN held_code = ANY (of_login) THEN held_code END
    WHERE email_account_id = mailbox.email_account_id;
  END LOOP;
END $$;

-- Stores the start of sending, and the handover, which releases the claim. Returns the rows whose claim is unchanged.
-- A message that another worker has claimed meanwhile proves as well that its mailbox (accounts) can send.
CREATE FUNCTION store_submission_steps(
  step_ids uuid[], fences bigint[], begun_at timestamptz[], draft_ids text[], handed_at timestamptz[],
  next_at timestamptz[], lease_end timestamptz, accounts uuid[], sent uuid[], one_message text[], of_login text[]
) RETURNS SETOF submissions
LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  FOR n IN 1 .. cardinality(step_ids) LOOP
    IF handed_at[n] IS NULL THEN
      RETURN QUERY UPDATE submissions SET
        send_begun_at = coalesce(begun_at[n], send_begun_at), remote_draft_id = coalesce(draft_ids[n], remote_draft_id),
        lease_until = lease_end
      WHERE id = step_ids[n] AND fence = fences[n] RETURNING submissions.*;
    ELSE
      RETURN QUERY UPDATE submissions SET
        state = 'handed-over', state_reason = NULL, state_detail = NULL, transient_since = NULL,
        handed_over_at = handed_at[n], due_at = coalesce(next_at[n], due_at), claimed_by = NULL, lease_until = NULL
      WHERE id = step_ids[n] AND fence = fences[n] RETURNING submissions.*;
    END IF;
  END LOOP;
  IF cardinality(accounts) > 0 THEN PERFORM end_sending_troubles(accounts, sent, one_message, of_login); END IF;
END $$;

-- Claims the oldest due row, and with batch_sizes (by mailbox) the messages that follow it in its mailbox. Each kind of
-- row is read in the order of its own index, which a sort or another index could only replace while the tables are
-- small. The few sorts that remain count as very expensive, for which PostgreSQL would compile the plan. With only_of,
-- unsent messages of all mailboxes of its lane compete, and the other kinds of this mailbox.
--
-- Returns rows of one mailbox with their state before. A row without a claim names a mailbox or lane at its limit: the
-- caller excludes it and asks again in another transaction, because a claim holds the locks of one mailbox only.
CREATE FUNCTION claim_submissions(
  worker text, at timestamptz, lease_end timestamptz, most integer, pace text, copies_wait interval,
  kept uuid[], full_accounts uuid[], full_lanes text[], only_of uuid, batch_sizes jsonb
) RETURNS TABLE (claimed submissions, former_state text, found_at uuid)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
  unsent submissions;
  without_copy submissions;
  untidy submissions;
  chosen submissions;
  held submissions;
  under_way integer;
  has_search boolean;
  begins boolean;
  copies_until timestamptz := at;
BEGIN
  IF only_of IS NULL THEN
    SELECT * INTO unsent FROM submissions
      WHERE state IN ('queued', 'sending') AND due_at <= at AND (lease_until IS NULL OR lease_until <= at)
        AND id <> ALL (kept) AND email_account_id <> ALL (full_accounts)
        AND email_account_id NOT IN (SELECT email_account_id FROM submissions
          WHERE claimed_by IS NOT NULL AND lease_until > at GROUP BY email_account_id HAVING count(*) >= most)
        AND email_account_id NOT IN (SELECT email_account_id FROM sending_states WHERE lane = ANY (full_lanes))
        AND (send_begun_at IS NOT NULL OR email_account_id NOT IN (SELECT email_account_id
          FROM sending_states LEFT JOIN sending_lanes USING (lane)
          WHERE sending_states.held_until > at OR sending_lanes.held_until > at))
      ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED;
  ELSE
    -- The oldest row of each mailbox by its index, so that only those are sorted.
    SELECT first.* INTO unsent FROM (SELECT only_of AS mate UNION SELECT mates.email_account_id
        FROM sending_states AS own JOIN sending_states AS mates USING (lane) WHERE own.email_account_id = only_of) AS lane
      CROSS JOIN LATERAL (SELECT * FROM submissions
        WHERE email_account_id = lane.mate AND state IN ('queued', 'sending') AND due_at <= at
          AND (lease_until IS NULL OR lease_until <= at) AND id <> ALL (kept)
          AND (send_begun_at IS NOT NULL OR email_account_id NOT IN (SELECT email_account_id
            FROM sending_states LEFT JOIN sending_lanes USING (lane)
            WHERE sending_states.held_until > at OR sending_lanes.held_until > at))
          AND (SELECT count(*) FROM submissions AS others WHERE others.email_account_id = lane.mate
            AND claimed_by IS NOT NULL AND lease_until > at) < most
        ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) AS first
      ORDER BY due_at, id LIMIT 1;
  END IF;

  -- Searches for copies take at most one place of a mailbox: with two, the mailbox could not send while another one of
  -- its lane uses the rate limit. They wait while messages are due, because only the display depends on them.
  IF unsent.id IS NOT NULL THEN copies_until := at - copies_wait; END IF;
  IF only_of IS NULL THEN
    SELECT * INTO without_copy FROM submissions
      WHERE state = 'handed-over' AND due_at <= copies_until AND (lease_until IS NULL OR lease_until <= at)
        AND id <> ALL (kept) AND email_account_id <> ALL (full_accounts)
        AND email_account_id NOT IN (SELECT email_account_id FROM submissions
          WHERE claimed_by IS NOT NULL AND lease_until > at GROUP BY email_account_id
          HAVING count(*) >= most OR bool_or(state NOT IN ('queued', 'sending')))
      ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
  ELSE
    SELECT count(*), coalesce(bool_or(state NOT IN ('queued', 'sending')), false) INTO under_way, has_search
      FROM submissions WHERE claimed_by IS NOT NULL AND lease_until > at AND email_account_id = only_of;
    IF under_way < most AND NOT has_search THEN
      SELECT * INTO without_copy FROM submissions
        WHERE email_account_id = only_of AND state = 'handed-over' AND due_at <= copies_until
          AND (lease_until IS NULL OR lease_until <= at) AND id <> ALL (kept)
        ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    END IF;
  END IF;

  IF unsent.id IS NULL AND without_copy.id IS NULL AND (only_of IS NULL OR (under_way < most AND NOT has_search)) THEN
    SELECT * INTO untidy FROM submissions
      WHERE tidy_at <= at AND (lease_until IS NULL OR lease_until <= at)
        AND (only_of IS NULL OR email_account_id = only_of)
        AND id <> ALL (kept) AND email_account_id <> ALL (full_accounts)
        AND email_account_id NOT IN (SELECT email_account_id FROM submissions
          WHERE claimed_by IS NOT NULL AND lease_until > at GROUP BY email_account_id
          HAVING count(*) >= most OR bool_or(state NOT IN ('queued', 'sending')))
      ORDER BY tidy_at LIMIT 1 FOR UPDATE SKIP LOCKED;
    chosen := untidy;
  ELSIF without_copy.id IS NULL
    OR (unsent.id IS NOT NULL AND (unsent.due_at, unsent.id) < (without_copy.due_at + copies_wait, without_copy.id)) THEN
    chosen := unsent;
  ELSE
    chosen := without_copy;
  END IF;
  IF chosen.id IS NULL THEN RETURN; END IF;

  begins := chosen.state IN ('queued', 'sending') AND chosen.due_at <= at;
  IF NOT submission_admitted(chosen.email_account_id, begins AND chosen.send_begun_at IS NULL, at, most, pace) THEN
    RETURN QUERY SELECT NULL::submissions, NULL::text, chosen.email_account_id;
    RETURN;
  END IF;
  UPDATE submissions SET
    state = CASE WHEN begins THEN 'sending' ELSE state END, fence = fence + 1, claimed_by = worker,
    lease_until = lease_end, attempts = attempts + CASE WHEN begins THEN 1 ELSE 0 END
  WHERE id = chosen.id RETURNING * INTO held;
  RETURN QUERY SELECT held, chosen.state, held.email_account_id;

  IF held.state <> 'sending' OR held.send_begun_at IS NOT NULL
    OR coalesce((batch_sizes ->> held.email_account_id::text)::integer, 1) <= 1
    OR NOT submission_batch_admitted(held.email_account_id, worker, at) THEN RETURN; END IF;
  RETURN QUERY WITH later AS (SELECT id, state FROM submissions
      WHERE email_account_id = held.email_account_id AND state IN ('queued', 'sending') AND due_at <= at
        AND send_begun_at IS NULL AND id <> held.id AND (lease_until IS NULL OR lease_until <= at)
        AND id <> ALL (kept)
      ORDER BY due_at, id LIMIT (batch_sizes ->> held.email_account_id::text)::integer - 1 FOR UPDATE SKIP LOCKED)
    UPDATE submissions SET state = 'sending', fence = submissions.fence + 1, claimed_by = worker,
      lease_until = lease_end, attempts = submissions.attempts + 1
    FROM later WHERE submissions.id = later.id
    RETURNING submissions, later.state, submissions.email_account_id;
END $$;

-- Sent messages of conversations that moved away stay with those, for the names of their authors. Those of the conversations
-- of a removed mailbox go, whichever mailbox sent them. Before `remove_moved_conversations`, by its name.
CREATE FUNCTION move_submissions_of_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM submissions USING conversations AS own
    WHERE submissions.conversation_id = own.id AND own.email_account_id = OLD.id AND own.moved_from <> '{}'
      AND submissions.email_account_id <> OLD.id;
  -- With a key of its own, since the same automatic reply can have been sent from both mailboxes.
  UPDATE submissions SET email_account_id = moved.email_account_id, tidy_at = NULL, remote_draft_id = NULL,
      idempotency_key = 'removed:' || submissions.id
    FROM conversations AS moved
    WHERE submissions.conversation_id = moved.id AND moved.moved_from @> ARRAY[OLD.id] AND moved.moved_from <> '{}'
      AND moved.email_account_id <> OLD.id AND submissions.email_account_id = OLD.id AND state IN ('sent', 'canceled');
  RETURN OLD;
END $$;
CREATE TRIGGER email_accounts_move_submissions BEFORE DELETE ON email_accounts
  FOR EACH ROW EXECUTE FUNCTION move_submissions_of_moved();
