import type { ColumnType, Generated } from 'kysely'
import type { ConversationId, EmailAccountId, StoredMessageId, SubmissionId } from '../../kernel/ids.ts'
import type { Json, OptionalJson } from './columns.ts'

export interface SubmissionsTable {
  id: SubmissionId
  email_account_id: EmailAccountId
  conversation_id: ConversationId | null
  idempotency_key: string
  request_hash: Buffer
  message_id: string
  content: Json
  state: 'queued' | 'sending' | 'handed-over' | 'sent' | 'unknown' | 'failed' | 'canceled'
  state_reason: string | null
  state_detail: string | null
  remote_draft_id: string | null
  send_begun_at: Date | null
  handed_over_at: Date | null
  sent_message_id: StoredMessageId | null
  remote_message_id: string | null
  was_unclear: Generated<boolean>
  attempts: Generated<number>
  due_at: Date
  not_before: Date | null
  send_at: ColumnType<Date | null, Date | null | undefined, Date | null>
  effect: OptionalJson
  tidy_at: Date | null
  claimed_by: string | null
  lease_until: Date | null
  fence: Generated<number>
  submitted_by: string
  answers_by_itself: string | null
  waits_since: ColumnType<Date | null, Date | null | undefined, Date | null>
  transient_since: ColumnType<Date | null, Date | null | undefined, Date | null>
  created_at: Date
}

export interface SendingStatesTable {
  email_account_id: EmailAccountId
  lane: string | null
  held_until: Date | null
  held_code: string | null
  trouble_code: string | null
  trouble_since: Date | null
  trouble_upstream: OptionalJson
  fault_at: ColumnType<Date | null, Date | null | undefined, Date | null>
}

export interface SendingLanesTable {
  lane: string
  per_minute: number | null
  held_until: Date | null
  held_code: string | null
}

export interface SubmissionAttachmentsTable {
  submission_id: SubmissionId
  position: number
  name: string
  content_type: string
  content_id: string | null
  is_inline: boolean
  size_bytes: number
  content: Buffer | null
}
