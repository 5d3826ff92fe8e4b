import { Readable } from 'node:stream'
import type { StoredAttachment, StoredMessage } from '../../conversations/index.ts'
import { AppError } from '../../kernel/errors.ts'
import { readPart } from '../../mime/index.ts'
import type { Rooms } from '../rooms.ts'

/** The numbers of parts. Ids of Graph are longer and have letters. */
const PART_NUMBER = /^\d+(?:\.\d+)*(?:!\d+)?$/

/**
 * Gives the bytes of attachments of one message: out of its source where that is kept, read once for all of them, or
 * from the server.
 */
export async function attachmentBytes(
  { conversations, emailAccounts }: Pick<Rooms, 'conversations' | 'emailAccounts'>,
  message: StoredMessage,
): Promise<(attachment: StoredAttachment, maxBytes: number) => AsyncIterable<Uint8Array>> {
  const source = await conversations.sourceOf(message.id)
  if (source) {
    return ({ remoteId }) => {
      const content = PART_NUMBER.test(remoteId) ? readPart(source, remoteId) : undefined
      if (!content) throw new AppError('conversations.source_gone')
      return Readable.from([content])
    }
  }
  const { reading } = await emailAccounts.transportOf(await emailAccounts.get(message.emailAccountId))
  // Read by another road until a moment ago, and that one had its own ids.
  if (!reading.owns(message.remoteId)) throw new AppError('conversations.source_gone')
  return ({ remoteId }, maxBytes) => reading.downloadAttachment(message.remoteId, remoteId, { maxBytes })
}
