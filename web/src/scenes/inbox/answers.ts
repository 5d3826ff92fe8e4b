/** Authors of the messages that the mailbox sent. */
import type { ConversationView } from './entries.ts'

export interface Answer {
  messageId: string
  at: string
  /** A person, or `api-key:…`. */
  by: string
  /** It began the conversation, so that it answers nothing. */
  isFirst: boolean
}

/** Sent messages that were submitted here, oldest first. */
export function answersOf({ messages, submittedBy }: Pick<ConversationView, 'messages' | 'submittedBy'>): Answer[] {
  return messages.flatMap(({ id, receivedAt, sentAt }, index) => {
    const by = submittedBy[id]
    return by === undefined ? [] : [{ messageId: id, at: sentAt ?? receivedAt, by, isFirst: index === 0 }]
  })
}
