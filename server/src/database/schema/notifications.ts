import type { Generated } from 'kysely'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { Serial } from './columns.ts'

export interface NotificationsTable {
  id: Serial
  user_id: string
  event_id: number
  kind: 'unassigned' | 'assigned' | 'answered' | 'followed' | 'mentioned' | 'sending-failed'
  email_account_id: EmailAccountId
  conversation_id: ConversationId | null
  subject: string
  sender: string | null
  caused_by: string | null
  at: Date
  read_at: Date | null
}

export interface NotificationChoicesTable {
  user_id: string
  email_account_id: EmailAccountId
  kinds: string[]
}

export interface NotificationSettingsTable {
  user_id: string
  time_zone: string
  quiet_from: string | null
  quiet_to: string | null
  digest: 'off' | 'quarter-hourly' | 'hourly' | 'daily'
  digest_account_id: EmailAccountId | null
  digest_due_at: Date | null
  digest_conversation_id: ConversationId | null
  digested_to: Generated<number>
}

export interface NotificationPositionTable {
  is_only: Generated<boolean>
  event_id: number
}
