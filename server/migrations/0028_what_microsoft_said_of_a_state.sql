-- Locks: email_accounts for a moment; a column without a default rewrites nothing. The entries of the audit list about
-- webhooks are few.
-- What Microsoft said when the state came about: its numbers tell policies apart that are one reason to us.
ALTER TABLE email_accounts ADD COLUMN state_upstream jsonb;

-- The address of a webhook often holds what it takes to post there; of it the audit list keeps where it leads.
UPDATE audit_entries
SET detail = detail - 'url' || jsonb_build_object('origin', substring(detail ->> 'url' FROM '^[a-zA-Z]+://[^/?#@]+'))
WHERE action IN ('alerts.webhook_added', 'alerts.webhook_changed') AND detail ? 'url';
