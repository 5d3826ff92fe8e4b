import { personOf } from '../caller.ts'
import { z } from 'zod'
import { page } from '../fields.ts'
import { signedInMembers } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { Notification } from './notification.ts'

export const listNotifications = ({ notifications, people }: Rooms) =>
  route({
    at: 'GET /v1/notifications',
    summary:
      'Lists the notifications of the signed-in person, newest first: at most 500, of the last 30 days. The event stream announces changes.',
    authenticate: 'person',
    permit: signedInMembers,
    validate: {
      query: z.strictObject({
        before: z.coerce.number().int().min(1).optional().describe('`next` of the previous page.'),
        limit: page(100, 30),
      }),
    },
    act: async ({ query, caller }) => {
      const { id, visibleAccounts } = personOf(caller)
      const { notifications: entries, ...rest } = await notifications.entries.list(id, visibleAccounts, query)
      const actors = entries.flatMap(({ by }) => (by === undefined ? [] : [toPersonId(by)]))
      const names = await people.people.namesOf([...new Set(actors)])
      return {
        ...rest,
        notifications: entries.map((entry) => ({
          ...entry,
          byName: entry.by === undefined ? undefined : names.get(toPersonId(entry.by)),
        })),
      }
    },
    present: {
      status: 200,
      schema: z.object({
        notifications: z.array(Notification),
        next: z.int().optional(),
        unread: z.int().describe('Unread notifications on all pages.'),
      }),
    },
  })

/** Notes name their author without a prefix. */
function toPersonId(actor: string): string {
  return actor.replace(/^person:/, '')
}
