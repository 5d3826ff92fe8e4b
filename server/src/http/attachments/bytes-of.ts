import type { StoredAttachment, StoredMessage } from '../../conversations/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Rooms } from '../rooms.ts'

/** The numbers of parts. Ids of Graph are longer and have letters. */
const PART_NUMBER = /^\d+(?:\.\d+)*(?:!\d+)?$/

/**
 * Gives the bytes of attachments of one message: out of its source where that is kept, or from the server.
 *
 * Cost: one query; the source is read from the database once for all attachments that are wanted within half a minute.
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
  const { reading } = await emailAccounts.transportOf(await emailAccounts.get(message.emailAccountId))
  // Read by another road until a moment ago, and that one had its own ids.
  if (!reading.owns(message.remoteId)) throw new AppError('conversations.source_gone')
  return ({ remoteId }, maxBytes) => reading.downloadAttachment(message.remoteId, remoteId, { maxBytes })
}
