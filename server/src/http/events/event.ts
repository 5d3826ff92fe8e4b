import { z } from 'zod'
import { eventSchema, toWireEvent, type StoredEvent } from '../../events/index.ts'
import { toId, type StoredMessageId } from '../../kernel/ids.ts'
import { Message } from '../conversations/conversation.ts'
import { simplifiedText } from '../messages/view-message.ts'
import type { Rooms } from '../rooms.ts'
import { toWire } from '../wire.ts'

/** Maximum characters of the text of a message in an event; `GET /v1/messages/:id/body` has the rest. */
const MOST_TEXT = 20_000

export const EventMessage = Message.extend({
  text: z.string().describe('The body as plain text, at most 20,000 characters.'),
}).meta({ id: 'EventMessage' })

export const Event = eventSchema(EventMessage)

/**
 * Events as clients get them, with their messages if `include` asks for them. A message that no longer exists is left
 * out. One statement more for each 100 messages.
 */
export function createEventPresenter({ conversations }: Pick<Rooms, 'conversations'>) {
  return async (events: readonly StoredEvent[], include: 'message' | undefined) => {
    const shown = events.map(toWireEvent)
    const ids = new Set(
      events.flatMap(({ kind, subjectId }) => {
        const id = include && kind.startsWith('message.') ? toId<StoredMessageId>(subjectId) : undefined
        return id ? [id] : []
      }),
    )
    if (ids.size === 0) return shown
    const found = await conversations.messages.many([...ids])
    return shown.map((event) => {
      const message = event.kind.startsWith('message.') && found.get(event.subject as StoredMessageId)
      if (!message) return event
      const text = simplifiedText(message.body).slice(0, MOST_TEXT)
      return { ...event, data: { ...event.data, message: EventMessage.parse(toWire({ ...message, text })) } }
    })
  }
}
