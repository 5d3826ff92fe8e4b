-- Notifications: entries per person, written from events, and the preferences of people. New tables only.

-- At most 500 entries per person, of the last 30 days.
CREATE TABLE notifications (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id          text NOT NULL REFERENCES users ON DELETE CASCADE,
  event_id         bigint NOT NULL,
  kind             text NOT NULL CHECK (kind IN ('unassigned', 'assigned', 'answered', 'followed', 'mentioned', 'sending-failed')),
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  -- Null for a message that began no conversation because it could not be sent.
  conversation_id  uuid REFERENCES conversations ON DELETE CASCADE,
  subject          text NOT NULL,
  -- Name of the customer, for received mail.
  sender           text,
  -- The colleague who assigned or mentioned the person, as in events.
  caused_by        text,
  at               timestamptz NOT NULL,
  read_at          timestamptz,
  -- One entry per event and person: processing an event again adds none.
  UNIQUE (user_id, event_id)
);
CREATE INDEX notifications_by_user ON notifications (user_id, id DESC);
CREATE INDEX notifications_unread ON notifications (user_id, id) WHERE read_at IS NULL;
-- For the foreign keys.
CREATE INDEX notifications_by_account ON notifications (email_account_id);
CREATE INDEX notifications_by_conversation ON notifications (conversation_id) WHERE conversation_id IS NOT NULL;

-- Kinds that a person chose for a mailbox. Without a row, the defaults apply.
CREATE TABLE notification_choices (
  user_id          text NOT NULL REFERENCES users ON DELETE CASCADE,
  email_account_id uuid NOT NULL REFERENCES email_accounts ON DELETE CASCADE,
  kinds            text[] NOT NULL,
  PRIMARY KEY (user_id, email_account_id)
);
CREATE INDEX notification_choices_by_account ON notification_choices (email_account_id);

CREATE TABLE notification_settings (
  user_id           text PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  -- IANA name.
  time_zone         text NOT NULL,
  -- Local times such as 18:00. An end before the start is on the next day.
  quiet_from        text,
  quiet_to          text,
  digest            text NOT NULL CHECK (digest IN ('off', 'quarter-hourly', 'hourly', 'daily')),
  -- The mailbox that sends the digest. Null after its removal, which ends the digest.
  digest_account_id uuid REFERENCES email_accounts ON DELETE SET NULL,
  digest_due_at     timestamptz,
  -- Closed conversation of the digests in that mailbox.
  digest_conversation_id uuid REFERENCES conversations ON DELETE SET NULL,
  -- Entries up to this id were in a digest.
  digested_to       bigint NOT NULL DEFAULT 0,
  CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
);
CREATE INDEX notification_settings_by_account ON notification_settings (digest_account_id);
CREATE INDEX notification_settings_by_conversation ON notification_settings (digest_conversation_id);
CREATE INDEX notification_settings_due ON notification_settings (digest_due_at) WHERE digest_due_at IS NOT NULL;

-- The last event of which entries were written: one row. Earlier events notify no person.
CREATE TABLE notification_position (
  is_only  boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  event_id bigint NOT NULL
);
INSERT INTO notification_position (event_id) SELECT coalesce(max(id), 0) FROM events;
