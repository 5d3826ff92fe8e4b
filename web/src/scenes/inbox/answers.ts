/** Authors of the messages that the mailbox sent. */
import type { ConversationView } from './entries.ts'

export interface Answer {
  messageId: string
  at: string
  /** Id of a person, or `api-key:…`. */
  by: string
  /** It started the conversation, so it's no reply. */
  isFirst: boolean
}

/** Sent messages that were submitted here, oldest first. */
export function sentReplies(
  view: Pick<ConversationView, 'messages' | 'submittedBy'> & Partial<Pick<ConversationView, 'earlier'>>,
): Answer[] {
  const { messages, submittedBy, earlier = false } = view
  return messages.flatMap(({ id, receivedAt, sentAt }, index) => {
    const by = submittedBy[id]
    return by === undefined ? [] : [{ messageId: id, at: sentAt ?? receivedAt, by, isFirst: index === 0 && !earlier }]
  })
}
