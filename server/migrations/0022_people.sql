-- Apps that are being set up end with their session. Unfinished ones of earlier versions end here. Brief locks on
-- `authenticator_apps` and `sessions`.
DELETE FROM authenticator_apps WHERE in_use_since IS NULL;
-- Null for an app in use.
ALTER TABLE authenticator_apps ADD COLUMN session_id text REFERENCES sessions ON DELETE CASCADE;
CREATE INDEX authenticator_apps_session_id_idx ON authenticator_apps (session_id);
