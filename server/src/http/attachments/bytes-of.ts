import type { StoredAttachment, StoredMessage } from '../../conversations/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Rooms } from '../rooms.ts'

/** Matches part numbers. Ids of Graph are longer and contain letters. */
const PART_NUMBER = /^\d+(?:\.\d+)*(?:!\d+)?$/

/**
 * Returns the bytes of attachments of one message, from its stored source or from the mail server.
 *
 * Cost: one query; the source is read from the database once for all attachments requested within half a minute.
 */
export async function attachmentBytes(
  { conversations, emailAccounts, parser }: Pick<Rooms, 'conversations' | 'emailAccounts' | 'parser'>,
  message: StoredMessage,
): Promise<(attachment: StoredAttachment, maxBytes: number) => AsyncIterable<Uint8Array>> {
  if (await conversations.messages.hasSource(message.id)) {
    const origin = {
      key: `kept ${message.id} ${message.contentReplacedAt?.getTime() ?? ''}`,
      load: () => conversations.messages.source(message.id),
    }
    return async function* ({ remoteId }, maxBytes) {
      const content = PART_NUMBER.test(remoteId) ? await parser.part(origin, remoteId) : undefined
      if (!content) throw new AppError('conversations.source_gone')
      if (content.length > maxBytes) throw new AppError('transports.attachment_too_large')
      yield content
    }
  }
  const { reading } = await emailAccounts.transportOf(await emailAccounts.get(message.remoteAccountId))
  // The message was read by another protocol until a moment ago, with other ids.
  if (!reading.owns(message.remoteId)) throw new AppError('conversations.source_gone')
  return ({ remoteId }, maxBytes) => reading.downloadAttachment(message.remoteId, remoteId, { maxBytes })
}
