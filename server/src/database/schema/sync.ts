import type { Generated } from 'kysely'
import type { EmailAccountId, FolderId } from '../../kernel/ids.ts'
import type { OptionalJson } from './columns.ts'

export interface AccountSyncStatesTable {
  email_account_id: EmailAccountId
  due_at: Date
  wakes: Generated<number>
  fence: Generated<number>
  attempts: Generated<number>
  next_try_at: Date | null
  push: Generated<'active' | 'polling' | 'failed'>
  push_reason: string | null
  complete_up_to: Date | null
  last_read_at: Date | null
  last_received_at: Date | null
  last_sent_at: Date | null
  check_due_at: Date | null
  checked_at: Date | null
  checks_failed: Generated<number>
}

export interface FolderSyncStatesTable {
  folder_id: FolderId
  cursor: OptionalJson
  cursor_round: Generated<number>
  rereading: Generated<boolean>
  imported: Generated<boolean>
  imported_count: Generated<number>
  complete_up_to: Date | null
  missed_ids: Generated<string[]>
  reread_at: Date | null
  compared_at: Date | null
  listed_at: Date | null
  comparisons: Generated<number>
  missing_found: Generated<number>
  brought_in: Generated<number>
  left_found: Generated<number>
}

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
