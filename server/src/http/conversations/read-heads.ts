import type { Conversation, ConversationReading, MessageHead } from '../../conversations/index.ts'
import type { ConversationId } from '../../kernel/ids.ts'

/** Head of a message without its recipients and preview, since thousands are in memory. */
export type ShortHead = Pick<MessageHead, 'id' | 'remoteAccountId' | 'remoteId' | 'subject' | 'from' | 'receivedAt'>

/**
 * Reads the newest messages of a conversation page by page, and returns the oldest first.
 *
 * @returns `isCut` if there are more than `most` messages
 * @throws AppError `conversations.not_found`
 */
export async function readHeads(
  reading: Pick<ConversationReading, 'get'>,
  id: ConversationId,
  most: number,
): Promise<{ conversation: Conversation; messages: ShortHead[]; isCut: boolean }> {
  let page = await reading.get(id, { limit: most })
  const { conversation } = page
  const pages = [page.messages.map(shorten)]
  let left = most - page.messages.length
  while (page.earlier && left > 0) {
    page = await reading.get(id, { limit: left, before: page.messages[0]!.id })
    pages.unshift(page.messages.map(shorten))
    left -= page.messages.length
  }
  return { conversation, messages: pages.flat(), isCut: page.earlier }
}

function shorten({ id, remoteAccountId, remoteId, subject, from, receivedAt }: MessageHead): ShortHead {
  return { id, remoteAccountId, remoteId, subject, from, receivedAt }
}
