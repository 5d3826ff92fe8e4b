-- Who has a conversation open at the moment. Unlogged: after a crash of PostgreSQL it is empty, and each browser reports
-- again within seconds. No index on expires_at, so that a report is a HOT update; the table holds tens of rows.
CREATE UNLOGGED TABLE conversation_viewers (
  conversation_id  uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
  -- Author as in notes and drafts: the id of a person, or `api-key:` and the id of a key.
  viewer           text NOT NULL,
  activity         text NOT NULL CHECK (activity IN ('viewing', 'writing')),
  since            timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  PRIMARY KEY (conversation_id, viewer)
) WITH (fillfactor = 50);
