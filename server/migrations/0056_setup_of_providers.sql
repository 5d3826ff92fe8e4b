-- Locks: cloud_providers and provider_credentials, for as long as it takes to add columns and to read them once.
ALTER TABLE cloud_providers
  -- First time that Microsoft accepted the registration as a whole. Until then it opens no incident, and its ids can be corrected.
  ADD COLUMN worked_at timestamptz;
UPDATE cloud_providers SET worked_at = state_since
 WHERE state = 'connected'
    OR EXISTS (SELECT 1 FROM grants WHERE grants.cloud_provider_id = cloud_providers.id)
    OR EXISTS (SELECT 1 FROM email_accounts WHERE email_accounts.cloud_provider_id = cloud_providers.id);

ALTER TABLE provider_credentials
  -- First characters of a secret, as Microsoft shows them. Filled in for older rows when they are opened next.
  ADD COLUMN hint        text CHECK (length(hint) <= 3),
  -- Description of the secret in the registration, where Postkey may read it.
  ADD COLUMN description text;
