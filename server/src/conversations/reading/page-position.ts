import { AppError } from '../../kernel/errors.ts'
import { toId, type ConversationId, type StoredMessageId } from '../../kernel/ids.ts'

/** Position of a row in a list, by time and id. Time as text: a Date has no microseconds, so a row would come twice. */
export function formatPosition(at: string, id: ConversationId | StoredMessageId): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url')
}

/** @throws AppError `conversations.no_such_page` for a text that {@link formatPosition} did not write */
export function parsePosition(text: string): { at: string; id: ConversationId } {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (Array.isArray(parsed) && typeof parsed[0] === 'string' && typeof parsed[1] === 'string') {
      const id = toId<ConversationId>(parsed[1])
      if (id && /^[\d:. +-]+$/.test(parsed[0]) && !Number.isNaN(Date.parse(parsed[0]))) return { at: parsed[0], id }
    }
  } catch (error) {
    throw new AppError('conversations.no_such_page', { cause: error })
  }
  throw new AppError('conversations.no_such_page')
}
