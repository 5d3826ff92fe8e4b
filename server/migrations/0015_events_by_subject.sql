-- Locks: events, against writing, while the index is built.
-- The history of one conversation.
CREATE INDEX events_by_subject ON events (subject_id, id);
