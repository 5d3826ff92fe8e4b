import type { Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { ConversationPlace } from '../stored/conversation.ts'

export type PlaceEventKind =
  'conversation.spam_marked' | 'conversation.spam_unmarked' | 'conversation.deleted' | 'conversation.restored'

/** Event of a change of place. */
export function placeEvent(from: ConversationPlace, to: ConversationPlace): PlaceEventKind {
  switch (to) {
    case 'spam':
      return 'conversation.spam_marked'
    case 'deleted':
      return 'conversation.deleted'
    case 'inbox':
      return from === 'spam' ? 'conversation.spam_unmarked' : 'conversation.restored'
  }
}

/** Records a change of place on its own. Others record it together with the events of their change. */
export function recordPlace(
  events: Events,
  tx: Tx,
  conversation: { emailAccountId: EmailAccountId; subjectId: ConversationId; at: Date },
  kind: PlaceEventKind,
  by: string,
): Promise<void> {
  return events.append(tx, { ...conversation, kind, payload: { conversationId: conversation.subjectId, by } })
}
