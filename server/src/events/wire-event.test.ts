import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { EVENT_KINDS, EVENTS, type StoredEvent } from './event-kinds.ts'
import { eventSchema, exampleOf, toWireEvent } from './wire-event.ts'

describe('the example of an event', () => {
  const schema = eventSchema(z.object({ id: z.string() }))

  it.each(EVENT_KINDS)('has the fields of its kind: %s', (kind) => {
    const example = exampleOf(kind)

    expect(schema.parse(example)).toEqual(example)
    expect(EVENTS[kind].meaning).toMatch(/^[A-Z].*\.$/)
  })

  it('is refused with the data of another kind', () => {
    expect(schema.safeParse({ ...exampleOf('message.removed'), data: { from: 'a' } }).success).toBe(false)
  })
})

it('an event on the wire has no field for an absent value, and null where null has a meaning', () => {
  const event = (kind: string, payload: object) =>
    toWireEvent({ id: 1, kind, subjectId: 's', payload, at: new Date(0) } as unknown as StoredEvent)

  expect(event('conversation.created', { conversationId: 'c', by: null })).toEqual({
    ...{ id: 1, kind: 'conversation.created', time: '1970-01-01T00:00:00.000Z', subject: 's' },
    data: { conversationId: 'c' },
  })
  expect(event('conversation.assigned', { conversationId: 'c', assigneeId: null, by: 'postkey' }).data).toMatchObject({
    assigneeId: null,
  })
})
