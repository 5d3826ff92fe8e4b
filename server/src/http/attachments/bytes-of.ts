import type { StoredAttachment, StoredMessage } from '../../conversations/index.ts'
import { AppError } from '../../kernel/errors.ts'
import { cleanFileName, IMAP_PREFIX, PART_NUMBER } from '../../mail/index.ts'
import type { ReadingTransport } from '../../transports/index.ts'
import type { Rooms } from '../rooms.ts'

/** Returns the bytes of an attachment. */
export type BytesOf = ((attachment: StoredAttachment, maxBytes: number) => AsyncIterable<Uint8Array>) & {
  isStored: boolean
}

/**
 * Returns the bytes of attachments of one message, from its stored source or from the mail server. Those of a stored source
 * come as one part.
 *
 * Cost: one query; the source is read from the database once for all attachments requested within half a minute.
 */
export async function attachmentBytes(
  { conversations, emailAccounts, parser }: Pick<Rooms, 'conversations' | 'emailAccounts' | 'parser'>,
  message: StoredMessage,
): Promise<BytesOf> {
  if (await conversations.messages.hasSource(message.id)) {
    const origin = {
      key: `kept ${message.id} ${message.contentReplacedAt?.getTime() ?? ''}`,
      load: () => conversations.messages.source(message.id),
    }
    const read = async function* ({ remoteId }: StoredAttachment, maxBytes: number) {
      const content = PART_NUMBER.test(remoteId) ? await parser.part(origin, remoteId) : undefined
      if (!content) throw new AppError('conversations.source_gone')
      if (content.length > maxBytes) throw new AppError('transports.attachment_too_large')
      yield content
    }
    return Object.assign(read, { isStored: true })
  }
  const { reading } = await emailAccounts.transportOf(await emailAccounts.get(message.remoteAccountId))
  // The message was read by another protocol until a moment ago, with other ids.
  if (!reading.owns(message.remoteId)) throw new AppError('conversations.source_gone')
  const remoteIdOf = createIdLookup(reading, message.remoteId)
  const download = async function* (attachment: StoredAttachment, maxBytes: number) {
    yield* reading.downloadAttachment(message.remoteId, await remoteIdOf(attachment), { maxBytes })
  }
  return Object.assign(download, { isStored: false })
}

/**
 * Returns the ids of attachments at the mail server. If the mailbox was switched from IMAP to Graph, stored ids may be part
 * numbers; Graph lists the same attachments once, and they are found by name, then by Content-ID and size.
 */
function createIdLookup(reading: Pick<ReadingTransport, 'listAttachments'>, messageId: string) {
  let listed: ReturnType<typeof reading.listAttachments> | undefined
  return async ({ remoteId, name, contentId, sizeBytes }: StoredAttachment): Promise<string> => {
    if (messageId.startsWith(IMAP_PREFIX) || !PART_NUMBER.test(remoteId)) return remoteId
    listed ??= reading.listAttachments(messageId)
    const named = (await listed).filter((one) => one.kind !== 'link' && cleanFileName(one.name) === name)
    const same = named.filter((one) => one.contentId !== undefined && one.contentId === contentId)
    const difference = (one: { sizeBytes: number }) => Math.abs(one.sizeBytes - sizeBytes)
    const [closest] = (same.length > 0 ? same : named).toSorted((one, other) => difference(one) - difference(other))
    if (!closest) throw new AppError('conversations.source_gone')
    return closest.remoteId
  }
}
