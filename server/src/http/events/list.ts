import { z } from 'zod'
import { page } from '../fields.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { createEventPresenter, Event } from './event.ts'
import { after, eventFilters, toEventFilter } from './filter.ts'

export const listEvents = ({ events, conversations, parser }: Rooms) => {
  const present = createEventPresenter({ conversations, parser })
  return route({
    at: 'GET /v1/events',
    summary: "Lists events in the caller's mailboxes, oldest first. For a live stream: /v1/events/stream.",
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    validate: { query: z.strictObject({ after, ...eventFilters, limit: page(500, 100) }) },
    act: async ({ query, caller }) => {
      const filter = toEventFilter(query, caller)
      if (query.after === 'now') return { events: [], next: await events.position(), more: false }
      const found = await events.list({ ...filter, after: query.after, limit: query.limit })
      return { ...found, events: await present(found.events, query.include, caller.visibleAccounts) }
    },
    present: {
      status: 200,
      schema: z.object({
        events: z.array(Event),
        next: z.int().describe('`after` of the next request, also when there are no more events for the moment.'),
        more: z.boolean().describe('There are more events already.'),
      }),
    },
  })
}
