import type { MessageHead, StoredAttachment } from '../../conversations/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Rooms } from '../rooms.ts'

/** Attachments of a message. They are requested from the server on first access and then stored. */
export async function readAttachments(
  { conversations, emailAccounts }: Pick<Rooms, 'conversations' | 'emailAccounts'>,
  message: MessageHead,
): Promise<StoredAttachment[]> {
  if (!message.hasAttachments) return []
  const known = await conversations.messages.attachments(message.id)
  if (known) return known
  const account = await emailAccounts.get(message.remoteAccountId)
  const { reading } = await emailAccounts.transportOf(account)
  if (!reading.owns(message.remoteId)) throw new AppError('conversations.source_gone')
  return conversations.messages.keepAttachments(message.id, await reading.listAttachments(message.remoteId))
}
