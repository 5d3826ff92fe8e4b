import { z } from 'zod'
import { MOST_CLOSING_COUNTED, type ConversationClosing } from '../../conversations/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { Time } from '../fields.ts'
import { idParam } from '../ids.ts'
import { admins, adminsAndKeys } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

const DAY_MS = 24 * 60 * 60_000

const Closing = z
  .object({
    before: Time.describe('Conversations without mail since then.'),
    startedAt: Time,
    closed: z.int().describe('Number closed so far.'),
    finishedAt: Time.optional().describe('Absent while it works.'),
    undoUntil: Time.optional().describe("Absent if it can't be undone, or is undone."),
    undo: z
      .object({
        reopened: z.int().describe('Number opened again so far.'),
        finishedAt: Time.optional().describe('Absent while it works.'),
      })
      .optional(),
  })
  .meta({ id: 'Closing' })

const olderThanDays = z.coerce.number().int().min(0).max(3650)

export const getClosing = ({ emailAccounts, conversations }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/closing',
    summary: 'Returns the latest closing of old conversations with its progress.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params: { id } }) => {
      await emailAccounts.get(id)
      return { latest: await conversations.closings.find(id) }
    },
    present: { status: 200, schema: z.object({ latest: Closing.optional() }) },
  })

export const previewClosing = ({ emailAccounts, conversations, clock }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/closing-preview',
    summary: `Counts the open and waiting conversations without mail in the last days, up to ${MOST_CLOSING_COUNTED}: that means "at least".`,
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>(), query: z.strictObject({ olderThanDays }) },
    act: async ({ params: { id }, query }) => {
      await emailAccounts.get(id)
      const count = await conversations.closings.count(id, daysAgo(clock.now(), query.olderThanDays))
      return { count, most: MOST_CLOSING_COUNTED }
    },
    present: { status: 200, schema: z.object({ count: z.int(), most: z.int() }) },
  })

export const closeOldConversations = ({ emailAccounts, conversations, clock }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/closing',
    summary:
      'Closes the open and waiting conversations without mail in the last days, and marks them as read, in the background. Snoozed ones stay. Nothing changes in the mailbox itself.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>(), body: z.strictObject({ olderThanDays: z.int().min(0).max(3650) }) },
    act: async ({ params: { id }, body, caller }): Promise<ConversationClosing> => {
      await emailAccounts.get(id)
      return conversations.closings.begin(id, daysAgo(clock.now(), body.olderThanDays), toActor(caller))
    },
    present: { status: 202, schema: Closing },
  })

export const undoClosing = ({ emailAccounts, conversations }: Rooms) =>
  route({
    at: 'POST /v1/email-accounts/:id/closing/undo',
    summary:
      'Ends the latest closing of old conversations, and opens in the background those that nothing has changed since, with status and read state as before. Within a day.',
    authenticate: 'person-or-key',
    permit: adminsAndKeys('admin:write'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>() },
    act: async ({ params: { id }, caller }): Promise<ConversationClosing> => {
      await emailAccounts.get(id)
      return conversations.closings.undo(id, toActor(caller))
    },
    present: { status: 202, schema: Closing },
  })

function daysAgo(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS)
}
