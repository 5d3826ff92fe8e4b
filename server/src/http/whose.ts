import { AppError } from '../kernel/errors.ts'
import type {
  AttachmentId,
  ConversationId,
  DraftId,
  EmailAccountId,
  StoredMessageId,
  SubmissionId,
} from '../kernel/ids.ts'
import type { Rooms } from './rooms.ts'

/**
 * Functions that return the mailbox of an object, which determines access to it. They throw when the object does not
 * exist.
 */
export function whose({ conversations, submissions }: Pick<Rooms, 'conversations' | 'submissions'>) {
  async function ofConversation(id: ConversationId): Promise<EmailAccountId> {
    const conversation = await conversations.reading.find(id)
    if (!conversation) throw new AppError('http.not_found')
    return conversation.emailAccountId
  }

  return {
    ofConversation,
    ofMessage: (id: StoredMessageId) => conversations.messages.views.accountOf(id),
    async ofAttachment(id: AttachmentId) {
      const { messageId } = await conversations.messages.attachment(id)
      return conversations.messages.views.accountOf(messageId)
    },
    async ofDraft(id: DraftId): Promise<EmailAccountId> {
      const draft = await conversations.drafts.find(id)
      if (!draft) throw new AppError('http.not_found')
      return draft.emailAccountId
    },
    async ofDiscardedDraft(id: DraftId): Promise<EmailAccountId> {
      const draft = await conversations.drafts.findDiscarded(id)
      if (!draft) throw new AppError('http.not_found')
      return draft.emailAccountId
    },
    /** Mailbox of its conversation: an answer moves with it. */
    async ofSubmission(id: SubmissionId): Promise<EmailAccountId> {
      const { conversationId, emailAccountId } = await submissions.get(id)
      return conversationId === undefined ? emailAccountId : ofConversation(conversationId)
    },
    /** Mailbox of a message to send. The message that it answers decides, and another mailbox is not found. */
    async ofSent(input: {
      emailAccountId?: EmailAccountId | undefined
      conversationId?: ConversationId | undefined
      replyToMessageId?: StoredMessageId | undefined
    }): Promise<EmailAccountId | undefined> {
      const { emailAccountId, conversationId, replyToMessageId } = input
      const owners = [
        ...(emailAccountId === undefined ? [] : [emailAccountId]),
        ...(conversationId === undefined ? [] : [await ofConversation(conversationId)]),
        ...(replyToMessageId === undefined ? [] : [await conversations.messages.views.accountOf(replyToMessageId)]),
      ]
      if (new Set(owners).size > 1) throw new AppError('http.not_found')
      return owners[0]
    },
    /** Mailbox of a new message in an existing conversation; a conversation of another mailbox is not found. */
    async ofNew(input: {
      emailAccountId: EmailAccountId
      conversationId?: ConversationId | undefined
    }): Promise<EmailAccountId> {
      if (input.conversationId && (await ofConversation(input.conversationId)) !== input.emailAccountId) {
        throw new AppError('http.not_found')
      }
      return input.emailAccountId
    },
  }
}
