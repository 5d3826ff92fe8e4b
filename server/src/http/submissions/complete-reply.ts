import { AppError } from '../../kernel/errors.ts'
import type { ConversationId, EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import { replySubject, type Address } from '../../mail/index.ts'
import { replyRecipients } from '../messages/reply-recipients.ts'
import type { Rooms } from '../rooms.ts'
import { TEXTS } from '../texts.ts'

interface Given {
  emailAccountId?: EmailAccountId | undefined
  conversationId?: ConversationId | undefined
  replyToMessageId?: StoredMessageId | undefined
  replyToAll: boolean
  to: Address[]
  cc: Address[]
  bcc: Address[]
  subject?: string | undefined
}

/**
 * Completes a reply by the message that it answers: mailbox, conversation, recipients and subject, each unless it is
 * given. Without recipients, it goes to the sender, or to all if `replyToAll`.
 *
 * @throws AppError `http.invalid_request` for a new message without mailbox or subject
 */
export async function completeReply<Request extends Given>(
  rooms: Pick<Rooms, 'conversations' | 'emailAccounts'>,
  given: Request,
) {
  const { bcc, replyToAll, ...request } = given
  const { emailAccountId, conversationId, replyToMessageId, to, cc, subject } = request
  if (replyToMessageId === undefined) {
    if (emailAccountId === undefined) throw missing('emailAccountId')
    if (subject === undefined) throw missing('subject')
    return { ...request, emailAccountId, subject }
  }
  const message = await rooms.conversations.messages.get(replyToMessageId)
  const account = await rooms.emailAccounts.get(message.emailAccountId)
  const isAddressed = to.length + cc.length + bcc.length > 0
  return {
    ...request,
    emailAccountId: emailAccountId ?? account.id,
    conversationId: conversationId ?? message.conversationId,
    ...(isAddressed ? { to, cc } : await replyRecipients(rooms, { message, account }, replyToAll)),
    subject: subject ?? replySubject(message.subject),
  }
}

function missing(field: string): AppError {
  return new AppError('http.invalid_request', { field, detail: TEXTS.givenOrReplied })
}
