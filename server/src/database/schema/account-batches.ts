import type { Generated } from 'kysely'
import type { AccountBatchId, CloudProviderId, EmailAccountId, GrantId } from '../../kernel/ids.ts'

export interface AccountBatchesTable {
  id: AccountBatchId
  status: 'running' | 'completed' | 'canceled'
  request_key: string | null
  request_hash: Buffer
  created_by: string
  acts_as: string
  created_at: Date
  ended_at: Date | null
  cloud_provider_id: CloudProviderId
  tenant_id: string | null
  grant_id: GrantId | null
  closes_older_than: number | null
  member_ids: Generated<string[]>
  paused_until: Date | null
}

export interface AccountBatchRowsTable {
  batch_id: AccountBatchId
  line: number
  address: string
  kind: 'user' | 'shared'
  name: string
  key: string | null
  contact: string
  import_days: number | null
  state: 'waiting' | 'checking' | 'connected' | 'already-connected' | 'duplicate' | 'failed' | 'canceled'
  claims: Generated<number>
  attempts: Generated<number>
  next_try_at: Date | null
  error_code: string | null
  error_detail: string | null
  duplicate_of: number | null
  email_account_id: EmailAccountId | null
}
