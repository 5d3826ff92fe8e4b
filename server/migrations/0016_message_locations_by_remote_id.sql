-- Locks: message_locations against writing while the index is made, a second for a million rows.
-- Each message that comes is looked for by its id on the server, in whichever folder it lay before.
CREATE INDEX message_locations_by_remote_id ON message_locations (remote_id);
