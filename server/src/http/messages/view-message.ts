import { AppError } from '../../kernel/errors.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { htmlToText, type MessageBody, type MessageView } from '../../mail/index.ts'
import type { Rooms } from '../rooms.ts'

/** A view that takes longer is stored; a shorter one costs less than its bytes in the database. */
const STORED_ABOVE_MS = 20
/** Characters of a body that are shown when the rest could not be made safe in time. */
const MOST_SIMPLIFIED = 100_000

/**
 * Views of bodies: from the database, or made by a thread, once for all who open the message at the same time.
 *
 * @returns a function that gives undefined for a body that no thread could show
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

/** The beginning of a body as plain text, for one that could not be made safe in time. Takes milliseconds on any input. */
export function simplifiedText({ type, content }: MessageBody): string {
  const beginning = content.slice(0, MOST_SIMPLIFIED)
  return type === 'html' ? htmlToText(beginning) : beginning
}

/** The text is here, and can be read while the mailbox that has the images cannot. */
export function unlessAway(error: unknown): undefined {
  if (!(error instanceof AppError)) throw error
}
