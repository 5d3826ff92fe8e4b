import { AppError } from '../../kernel/errors.ts'
import type { ConversationId, StoredMessageId } from '../../kernel/ids.ts'
import { formatPagePosition, parsePagePosition } from '../../kernel/page-position.ts'

/** Position of a row in a list, by time and id. */
export function formatPosition(at: string, id: ConversationId | StoredMessageId): string {
  return formatPagePosition({ at, id })
}

/** @throws AppError `conversations.no_such_page` for a text that {@link formatPosition} did not write */
export function parsePosition(text: string): { at: string; id: ConversationId } {
  const position = parsePagePosition(text)
  if (!position) throw new AppError('conversations.no_such_page')
  return { at: position.at, id: position.id as ConversationId }
}
