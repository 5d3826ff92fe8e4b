-- Mailbox actions: changes in a mailbox that follow the work of the team. New tables only.

CREATE TABLE account_action_settings (
  email_account_id uuid PRIMARY KEY REFERENCES email_accounts ON DELETE CASCADE,
  -- Marks messages as read when a person reads or closes their conversation.
  marks_read       boolean NOT NULL DEFAULT false,
  -- Moves the messages of closed conversations. The folder is null after its removal.
  moves_closed     boolean NOT NULL DEFAULT false,
  closed_folder_id uuid REFERENCES folders ON DELETE SET NULL,
  -- Moves the messages of spam to Junk, and those of deleted conversations to Deleted Items.
  moves_spam       boolean NOT NULL DEFAULT false,
  moves_deleted    boolean NOT NULL DEFAULT false,

  -- Lease of the server that works on the mailbox.
  claimed_by       text,
  claimed_until    timestamptz,
  -- Pause after a failure that concerns the whole mailbox; null after a success.
  held_until       timestamptz,
  failures         integer NOT NULL DEFAULT 0,
  trouble_code     text,
  trouble_since    timestamptz,
  trouble_upstream jsonb,
  -- Conversations without actions because too many were waiting.
  left_out         integer NOT NULL DEFAULT 0,
  CHECK ((trouble_code IS NULL) = (trouble_since IS NULL))
);
-- For the foreign key.
CREATE INDEX account_action_settings_by_folder ON account_action_settings (closed_folder_id);

-- State that Postkey wants messages to have in their mailbox: one row per message, however often the state changes.
CREATE TABLE account_actions (
  message_id       uuid PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  -- Read mark that the message should have; null: that of the mailbox.
  wants_seen       boolean,
  -- Read mark that Postkey last set.
  seen_written     boolean,
  seen_pending     boolean NOT NULL DEFAULT false,
  -- `home`: the folder in which the message was before its first move. Null: where it is.
  place            text CHECK (place IN ('home', 'closed', 'junk', 'trash')),
  move_pending     boolean NOT NULL DEFAULT false,
  home_folder_id   uuid REFERENCES folders ON DELETE SET NULL,
  -- Folder of the last move; null before the first one.
  at_folder_id     uuid REFERENCES folders ON DELETE SET NULL,
  -- Incremented by each change of the wanted state, so that the end of an earlier attempt changes nothing.
  version          integer NOT NULL DEFAULT 1,
  -- Null if nothing is pending, or if the action has failed.
  due_at           timestamptz,
  attempts         integer NOT NULL DEFAULT 0,
  -- Error of the last attempt at this message.
  code             text,
  changed_at       timestamptz NOT NULL
);
CREATE INDEX account_actions_due ON account_actions (email_account_id, due_at) WHERE due_at IS NOT NULL;
-- The oldest waiting action of a mailbox.
CREATE INDEX account_actions_waiting ON account_actions (email_account_id, changed_at) WHERE due_at IS NOT NULL;
CREATE INDEX account_actions_failed ON account_actions (email_account_id) WHERE due_at IS NULL AND code IS NOT NULL;
-- Settled rows are deleted by age.
CREATE INDEX account_actions_settled ON account_actions (changed_at) WHERE due_at IS NULL;
-- For the foreign keys.
CREATE INDEX account_actions_by_account ON account_actions (email_account_id);
CREATE INDEX account_actions_by_home ON account_actions (home_folder_id) WHERE home_folder_id IS NOT NULL;
CREATE INDEX account_actions_by_folder ON account_actions (at_folder_id) WHERE at_folder_id IS NOT NULL;

-- The last event that was turned into wanted states: one row.
CREATE TABLE account_action_position (
  is_only  boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  event_id bigint NOT NULL
);
INSERT INTO account_action_position (event_id) SELECT coalesce(max(id), 0) FROM events;
