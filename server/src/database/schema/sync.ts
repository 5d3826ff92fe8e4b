import type { Generated } from 'kysely'
import type { EmailAccountId } from '../../kernel/ids.ts'

export interface UnfiledMessagesTable {
  email_account_id: EmailAccountId
  remote_id: string
  folder_remote_id: string
  reason: string
  at: Date
  attempts: Generated<number>
  next_try_at: Date | null
}

export interface GraphSubscriptionsTable {
  email_account_id: EmailAccountId
  remote_id: string
  client_state_hash: Buffer
  expires_at: Date
  renew_at: Date
  lifecycle_event: string | null
  created_at: Date
}
