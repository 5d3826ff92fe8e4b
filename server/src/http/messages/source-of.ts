import type { StoredMessage } from '../../conversations/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Rooms } from '../rooms.ts'
import { openBytes } from './opened-bytes.ts'

/** Exchange's limit for one message, plus its encoding overhead. */
const MOST_BYTES = 160 * 1024 * 1024

/**
 * Like {@link readSource}, but streamed, because a message can be larger than any stored one. Read the result to its end
 * or pass it to {@link closeBytes}.
 */
export async function streamSource(
  { conversations, emailAccounts }: Pick<Rooms, 'conversations' | 'emailAccounts'>,
  message: Pick<StoredMessage, 'id' | 'remoteAccountId' | 'remoteId'>,
): Promise<Buffer | AsyncIterable<Uint8Array>> {
  const stored = await conversations.messages.source(message.id)
  if (stored) return stored
  const { reading } = await emailAccounts.transportOf(await emailAccounts.get(message.remoteAccountId))
  if (!reading.owns(message.remoteId)) throw new AppError('conversations.source_gone')
  const bytes = reading.streamSource(message.remoteId, { maxBytes: MOST_BYTES })
  return openBytes(bytes).catch((error: unknown) => {
    if (AppError.from(error).code !== 'transports.item_gone') throw error
    throw new AppError('conversations.source_gone', { cause: error })
  })
}

/** The original message: stored if it was read from its source, otherwise requested from its server. */
export async function readSource(
  { conversations, emailAccounts }: Pick<Rooms, 'conversations' | 'emailAccounts'>,
  message: StoredMessage,
): Promise<{ source: Buffer; isRecord: boolean }> {
  const stored = await conversations.messages.source(message.id)
  if (stored) return { source: stored, isRecord: true }
  const { reading } = await emailAccounts.transportOf(await emailAccounts.get(message.remoteAccountId))
  const source = reading.owns(message.remoteId) ? await reading.fetchSource(message.remoteId) : undefined
  if (!source) throw new AppError('conversations.source_gone')
  return { source, isRecord: false }
}
