import { z } from 'zod'
import { LONGEST_HEALTH_MS } from '../../account-health/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { Reason, Time } from '../fields.ts'
import { idParam } from '../ids.ts'
import { membersAndAuditors } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'
import { TEXTS } from '../texts.ts'
import { AccountState } from './email-account.ts'

const DAY_MS = 24 * 60 * 60_000

interface WantedTime {
  day?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

const Query = z
  .strictObject({
    day: z.iso.date().optional().describe('A UTC day; alternatively `from` and `to`, at most 31 days apart.'),
    from: z.iso.datetime({ offset: true }).optional(),
    to: z.iso.datetime({ offset: true }).optional().describe('End of the period, exclusive.'),
  })
  .refine(({ day, from, to }) => (day === undefined ? from !== undefined && to !== undefined : !from && !to), {
    path: ['day'],
    error: TEXTS.dayOrPeriod,
  })
  .refine((wanted) => isShort(timeOf(wanted)), { path: ['to'], error: TEXTS.shortPeriod })

function timeOf({ day, from, to }: WantedTime): { from: Date; to: Date } {
  if (from !== undefined && to !== undefined) return { from: new Date(from), to: new Date(to) }
  const begin = new Date(`${day}T00:00:00Z`)
  return { from: begin, to: new Date(begin.getTime() + DAY_MS) }
}

function isShort({ from, to }: { from: Date; to: Date }): boolean {
  return to > from && to.getTime() - from.getTime() <= LONGEST_HEALTH_MS
}

const Latency = z
  .object({ count: z.int(), p50Ms: z.number().describe('Median.'), maxMs: z.number() })
  .meta({ id: 'Latency' })

const mail = {
  received: z.int(),
  sent: z.int().describe('Includes mail sent from other programs.'),
  receiving: Latency.optional().describe('Time from Microsoft to Postkey.'),
  accepted: z.int().describe('Messages submitted in Postkey.'),
  handover: Latency.optional().describe('Time from acceptance to handover.'),
  seen: Latency.optional().describe('Time from acceptance until its copy was seen in Sent Items.'),
}

const Span = z.object({ from: Time, to: Time })

const AccountHealth = z
  .object({
    ...{ from: Time, to: Time, now: Time.describe('Current time of the server.') },
    slotMs: z.int(),
    completeUpTo: Time.optional().describe('Time up to which all mail of the server is stored.'),
    states: z.array(Span.extend({ state: AccountState, reason: Reason.optional() })),
    gaps: z.array(Span).describe('Periods without proof of a complete reading, although one was due.'),
    refreshes: z.array(z.object({ at: Time, resource: z.string(), ms: z.number() })),
    errors: z.array(z.object({ at: Time, of: z.enum(['reading', 'sign-in', 'sending']), reason: Reason })),
    recoveries: z.array(z.object({ at: Time, since: Time })),
    slots: z.array(z.object({ at: Time, ...mail })).describe('Slots with mail.'),
    total: z.object(mail),
    truncated: z.boolean().describe('True if the lists are truncated.'),
  })
  .meta({ id: 'AccountHealth' })

export const getAccountHealth = ({ accountHealth }: Rooms) =>
  route({
    at: 'GET /v1/email-accounts/:id/health',
    summary: 'Returns the health of a mailbox: states, refreshes, errors, gaps, and delivery times in both directions.',
    authenticate: 'person-or-key',
    permit: membersAndAuditors('mail:read'),
    whose: ({ params }) => params.id,
    validate: { params: idParam<EmailAccountId>(), query: Query },
    act: ({ params, query }) => accountHealth.of(params.id, timeOf(query)),
    present: { status: 200, schema: AccountHealth },
  })
