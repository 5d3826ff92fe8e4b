-- Locks: messages, for a moment: a trigger is added and no row is read.

-- Bodies as they are shown, of messages that take long to sanitize and fold. A cache: any row may be deleted.
CREATE TABLE message_views (
  message_id    uuid PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
  -- Version of the sanitizer; a view of another version is made anew.
  version       integer NOT NULL,
  -- Null for a body that exceeded its deadline or memory: it is shown as plain text, without another attempt.
  view          jsonb,
  html          text,
  created_at    timestamptz NOT NULL
);
CREATE INDEX message_views_by_age ON message_views (created_at);

-- Whatever changes a body, its view goes with it.
CREATE FUNCTION forget_message_view() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM message_views WHERE message_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER forget_message_view AFTER UPDATE OF body, body_type ON messages
  FOR EACH ROW EXECUTE FUNCTION forget_message_view();
