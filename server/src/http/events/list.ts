import { z } from 'zod'
import { EVENT_KINDS } from '../../events/index.ts'
import { page, Time } from '../fields.ts'
import { members } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const Event = z
  .object({
    id: z.int().describe('Increases; gaps have no meaning.'),
    kind: z.string().meta({ enum: EVENT_KINDS }),
    emailAccountId: z.string().optional(),
    subjectId: z.string(),
    payload: z.record(z.string(), z.unknown()),
    at: Time,
  })
  .meta({ id: 'Event' })

export const listEvents = ({ events }: Rooms) =>
  route({
    at: 'GET /v1/events/list',
    summary: "Lists events in the caller's mailboxes, oldest first. For a live stream: /v1/events.",
    authenticate: 'person-or-key',
    permit: members('mail:read'),
    validate: {
      query: z.strictObject({
        after: z.coerce.number().int().min(0).optional(),
        subjectId: z
          .string()
          .max(100)
          .optional()
          .describe('Only events of that conversation, message or other subject.'),
        limit: page(500, 100),
      }),
    },
    act: ({ query, caller }) => events.list({ ...query, emailAccountIds: caller.visibleAccounts }),
    present: { status: 200, schema: z.object({ events: z.array(Event), next: z.int().optional() }) },
  })
