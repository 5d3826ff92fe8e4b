import type { ConversationId, EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import type { DiscardedTo, Presence } from '../stored/conversation.ts'
import { OWNER } from '../stored/rows.ts'

/** Columns of a stored message that filing uses. */
export interface Known {
  id: StoredMessageId
  conversation_id: ConversationId
  /** Mailbox of the conversation, which its events name. */
  owner_id: EmailAccountId
  remote_id: string
  direction: 'in' | 'out'
  flags: string[]
  presence: Presence
  discarded_to: DiscardedTo | null
  has_attachments: boolean
}

export const KNOWN = [
  'messages.id',
  'messages.conversation_id',
  'messages.remote_id',
  'messages.direction',
  'messages.flags',
  'messages.presence',
  'messages.discarded_to',
  'messages.has_attachments',
  OWNER,
] as const
