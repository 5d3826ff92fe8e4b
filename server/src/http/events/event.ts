import { z } from 'zod'
import { eventSchema, toWireEvent, type StoredEvent, type VisibleAccounts } from '../../events/index.ts'
import { toId, type StoredMessageId } from '../../kernel/ids.ts'
import { Message } from '../conversations/conversation.ts'
import type { Rooms } from '../rooms.ts'
import { toWire } from '../wire.ts'

/** Maximum characters of the text of a message in an event; `GET /v1/messages/:id` has the rest. */
const MOST_TEXT = 20_000
/** Characters of a body of which the text is made. */
const MOST_BODY = 100_000
/** Bodies that are read at once, and share a thread and its deadline. */
const READ_TOGETHER = 4
/** Time after which the texts of further messages are left out: deliveries of webhooks wait for it. */
const READ_MS = 10_000

export const EventMessage = Message.extend({
  text: z.string().describe('The body as plain text, at most 20,000 characters.'),
  isTruncated: z.boolean().optional().describe('The body is longer, or could not be read in time.'),
}).meta({ id: 'EventMessage' })

export const Event = eventSchema(EventMessage)

/**
 * Events as clients get them, with their messages if `include` asks for them: those that exist and are in a readable
 * mailbox. One statement more for the messages, and one per four texts, which threads make.
 */
export function createEventPresenter({ conversations, parser }: Pick<Rooms, 'conversations' | 'parser'>) {
  async function textsOf(ids: readonly StoredMessageId[]) {
    const began = performance.now()
    const left = [...ids]
    const texts = new Map<StoredMessageId, { text: string; isTruncated?: true }>()
    while (left.length > 0 && performance.now() - began < READ_MS) {
      const some = [...(await conversations.messages.bodies(left.splice(0, READ_TOGETHER), MOST_BODY + 1))]
      const read = await parser.texts(
        some.map(([, body]) => body),
        MOST_BODY,
      )
      for (const [index, [id, body]] of some.entries()) {
        const shown = read[index]
        if (!shown) continue
        const text = shown.text.slice(0, MOST_TEXT).replace(/[\ud800-\udbff]$/, '')
        const isTruncated = shown.text.length > MOST_TEXT || shown.isTruncated || body.content.length > MOST_BODY
        texts.set(id, { text, ...(isTruncated && { isTruncated }) })
      }
    }
    return texts
  }

  return async (events: readonly StoredEvent[], include: 'message' | undefined, readable: VisibleAccounts) => {
    const shown = events.map(toWireEvent)
    const ids = new Set(
      events.flatMap(({ kind, subjectId }) => {
        const id = include && kind.startsWith('message.') ? toId<StoredMessageId>(subjectId) : undefined
        return id ? [id] : []
      }),
    )
    if (ids.size === 0) return shown
    const found = [...(await conversations.messages.many([...ids])).values()].filter(
      ({ emailAccountId }) => readable === 'all' || readable.includes(emailAccountId),
    )
    const texts = await textsOf(found.map(({ id }) => id))
    const messages = new Map(
      found.map((message) => {
        const body = texts.get(message.id) ?? { text: message.preview, isTruncated: true }
        return [String(message.id), EventMessage.parse(toWire({ ...message, ...body }))]
      }),
    )
    return shown.map((event) => {
      const message = event.kind.startsWith('message.') && messages.get(event.subject)
      return message ? { ...event, data: { ...event.data, message } } : event
    })
  }
}
