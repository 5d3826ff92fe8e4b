import type { Generated } from 'kysely'
import type { EmailAccountId, FolderId, StoredMessageId } from '../../kernel/ids.ts'
import type { OptionalJson } from './columns.ts'

export interface AccountActionSettingsTable {
  email_account_id: EmailAccountId
  marks_read: Generated<boolean>
  moves_closed: Generated<boolean>
  closed_folder_id: FolderId | null
  moves_spam: Generated<boolean>
  moves_deleted: Generated<boolean>
  claimed_by: string | null
  claimed_until: Date | null
  held_until: Date | null
  failures: Generated<number>
  trouble_code: string | null
  trouble_since: Date | null
  trouble_upstream: OptionalJson
  left_out: Generated<number>
}

export interface AccountActionsTable {
  message_id: StoredMessageId
  email_account_id: EmailAccountId
  wants_seen: boolean | null
  seen_written: boolean | null
  seen_pending: Generated<boolean>
  place: 'home' | 'closed' | 'junk' | 'trash' | null
  move_pending: Generated<boolean>
  home_folder_id: FolderId | null
  at_folder_id: FolderId | null
  version: Generated<number>
  due_at: Date | null
  attempts: Generated<number>
  code: string | null
  changed_at: Date
}

export interface AccountActionPositionTable {
  is_only: Generated<boolean>
  event_id: number
}
