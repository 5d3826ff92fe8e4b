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
