-- Processes that serve this database. A heartbeat updates last_seen_at. A row without stopped_at whose heartbeat ended
-- is a server that was killed or lost.
CREATE TABLE servers (
  id           uuid PRIMARY KEY,
  -- Host name.
  name         text NOT NULL,
  version      text NOT NULL,
  pid          integer NOT NULL,
  role         text NOT NULL DEFAULT 'server' CHECK (role IN ('server')),
  started_at   timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  -- Orderly end.
  stopped_at   timestamptz,
  -- Loss detected by another server, or by the next start on the same host.
  vanished_at  timestamptz
);
