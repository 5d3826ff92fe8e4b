-- Locks: cloud_providers for a moment to add an empty column; the few rows are then filled in one by one.
-- Whether mailboxes are to be opened by the application itself, besides people: those that Exchange lets it into, or
-- every one. A version before this one ignores it.
ALTER TABLE cloud_providers
  ADD COLUMN application text CHECK (application IN ('chosen-mailboxes', 'all-mailboxes'));

UPDATE cloud_providers p SET application = w.wish->>'application'
FROM work_orders w WHERE w.cloud_provider_id = p.id AND w.wish->>'application' IS NOT NULL;

UPDATE cloud_providers p SET application = 'chosen-mailboxes'
WHERE application IS NULL
  AND EXISTS (SELECT FROM email_accounts a WHERE a.cloud_provider_id = p.id AND a.principal = 'application');
