import type {
  CloudProviderId,
  ConnectSessionId,
  EmailAccountId,
  GrantId,
  ReturnUrlId,
  ReturnUrlSecretId,
} from '../../kernel/ids.ts'

export interface ReturnUrlsTable {
  id: ReturnUrlId
  url: string
  match: 'exact' | 'prefix'
  created_by: string
  created_at: Date
}

export interface ReturnUrlSecretsTable {
  id: ReturnUrlSecretId
  return_url_id: ReturnUrlId
  sealed: Buffer
  key_id: string
  expires_at: Date | null
}

export interface ConnectSessionsTable {
  id: ConnectSessionId
  status: 'open' | 'failed' | 'connecting' | 'completed' | 'canceled' | 'expired'
  request_key: string | null
  request_hash: Buffer
  created_by: string
  created_at: Date
  expires_at: Date
  cloud_provider_id: CloudProviderId
  wanted_kind: 'user' | 'shared'
  wanted_address: string | null
  display_name: string
  logo: Buffer | null
  account_name: string | null
  import_days: number | null
  return_url: string | null
  return_url_id: ReturnUrlId | null
  state: string | null
  error_code: string | null
  failed_at: Date | null
  grant_id: GrantId | null
  user_name: string | null
  signed_in_at: Date | null
  browser_hash: Buffer | null
  completed_at: Date | null
  email_account_id: EmailAccountId | null
}
