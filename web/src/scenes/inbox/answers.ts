/** Who answered: the people behind what the mailbox sent. */
import type { ConversationView } from './entries.ts'

export interface Answer {
  messageId: string
  at: string
  /** A person, or `api-key:…`. */
  by: string
  /** It began the conversation, so that it answers nothing. */
  isFirst: boolean
}

/** What was sent from here and is there, oldest first. */
export function answersOf({ messages, submittedBy }: Pick<ConversationView, 'messages' | 'submittedBy'>): Answer[] {
  return messages.flatMap(({ id, receivedAt, sentAt }, index) => {
    const by = submittedBy[id]
    return by === undefined ? [] : [{ messageId: id, at: sentAt ?? receivedAt, by, isFirst: index === 0 }]
  })
}
