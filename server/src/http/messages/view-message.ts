import { AppError } from '../../kernel/errors.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { htmlToText, type MessageBody, type MessageView } from '../../mail/index.ts'
import type { Rooms } from '../rooms.ts'

/** A view that takes longer is stored; a faster one costs less than its bytes in the database. */
const STORED_ABOVE_MS = 20
/** Maximum characters of the plain text for a body that exceeds its deadline. */
const MOST_SIMPLIFIED = 100_000

/**
 * Views of bodies: from the database, or built by a thread, once for all concurrent readers of the message.
 *
 * @returns a function that returns undefined for a body that no thread could show
 */
export function createViewing({ conversations, parser }: Pick<Rooms, 'conversations' | 'parser'>) {
  const underWay = new Map<StoredMessageId, Promise<MessageView | undefined>>()

  async function make(id: StoredMessageId): Promise<MessageView | undefined> {
    const stored = await conversations.messages.views.find(id)
    if (stored) return stored.view
    const { body } = await conversations.messages.get(id)
    const began = performance.now()
    const { view, isTransient } = await parser.view(body)
    const isStored = view ? performance.now() - began > STORED_ABOVE_MS : !isTransient
    if (isStored) await conversations.messages.views.keep(id, view)
    return view
  }

  return (id: StoredMessageId): Promise<MessageView | undefined> => {
    const known = underWay.get(id)
    if (known) return known
    const made = make(id).finally(() => underWay.delete(id))
    underWay.set(id, made)
    return made
  }
}

/** The beginning of a body as plain text, for one that exceeds its deadline. Takes milliseconds for any input. */
export function simplifiedText({ type, content }: MessageBody): string {
  const beginning = content.slice(0, MOST_SIMPLIFIED)
  return type === 'html' ? htmlToText(beginning) : beginning
}

/** Ignores an unavailable mailbox: the stored text is readable while the images on the server are not. */
export function unlessAway(error: unknown): undefined {
  if (!(error instanceof AppError)) throw error
}
