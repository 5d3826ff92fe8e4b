import type { ConversationId, StoredMessageId } from '../../kernel/ids.ts'
import type { DiscardedTo, Presence } from '../stored/conversation.ts'

/** Columns of a stored message that filing uses. */
export interface Known {
  id: StoredMessageId
  conversation_id: ConversationId
  remote_id: string
  direction: 'in' | 'out'
  flags: string[]
  presence: Presence
  discarded_to: DiscardedTo | null
  has_attachments: boolean
}

export const KNOWN = [
  'id',
  'conversation_id',
  'remote_id',
  'direction',
  'flags',
  'presence',
  'discarded_to',
  'has_attachments',
] as const
