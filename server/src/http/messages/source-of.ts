import type { StoredMessage } from '../../conversations/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Rooms } from '../rooms.ts'

/** The message as it came: kept where it was read from its source, otherwise asked of its server. */
export async function readSource(
  { conversations, emailAccounts }: Pick<Rooms, 'conversations' | 'emailAccounts'>,
  message: StoredMessage,
): Promise<{ source: Buffer; isRecord: boolean }> {
  const kept = await conversations.sourceOf(message.id)
  if (kept) return { source: kept, isRecord: true }
  const { reading } = await emailAccounts.transportOf(await emailAccounts.get(message.emailAccountId))
  const source = reading.owns(message.remoteId) ? await reading.fetchSource(message.remoteId) : undefined
  if (!source) throw new AppError('conversations.source_gone')
  return { source, isRecord: false }
}
