import { mailTraffic } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import { readLifeSpans, toReason, type EmailAccounts } from '../email-accounts/index.ts'
import { happenedTo, lastBefore, type HealthEvent } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { readSendingFailures, readSendingTimes } from '../submission/index.ts'
import { findGaps } from './gaps.ts'
import { mergeSlots, type HealthError, type HealthOfAccount } from './health.ts'
import { listErrors, listRecoveries, listSpans, type HealthChange } from './state-spans.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A day at the end of daylight saving time has 25 hours; longer periods include one such day. */
const SLOTS = [
  { upToMs: DAY_MS + HOUR_MS, slotMs: 10 * MINUTE_MS },
  { upToMs: 7 * DAY_MS + HOUR_MS, slotMs: HOUR_MS },
  { upToMs: Infinity, slotMs: 6 * HOUR_MS },
]
/** Maximum period of one request, in milliseconds. It limits the size of the response. */
export const LONGEST_HEALTH_MS = 31 * DAY_MS + HOUR_MS
/** Maximum entries per list. A month of hourly refreshes of two resources has about 1,500; a page shows one day. */
const MOST_TOLD = 500

export interface AccountHealth {
  /**
   * Returns the health of an account in a period. Eight indexed queries, independent of the size of the mailbox.
   *
   * Throws if the account does not exist.
   */
  of(id: EmailAccountId, time: { from: Date; to: Date }): Promise<HealthOfAccount>
}

export function createAccountHealth(deps: {
  database: Pick<Database, 'db'>
  clock: Clock
  emailAccounts: Pick<EmailAccounts, 'get'>
}): AccountHealth {
  const { clock, emailAccounts } = deps
  const { db } = deps.database

  async function of(id: EmailAccountId, { from, to }: { from: Date; to: Date }): Promise<HealthOfAccount> {
    const account = await emailAccounts.get(id)
    const now = clock.now()
    const { slotMs } = SLOTS.find(({ upToMs }) => to.getTime() - from.getTime() <= upToMs)!
    const slots = { from, to, slotMs }
    const time = { from, to, limit: MOST_TOLD }
    const ofGrant = async (kind: 'grant.refreshed' | 'grant.state_changed') =>
      account.principal.kind === 'grant' ? happenedTo(db, { kind, subjectId: account.principal.grantId, ...time }) : []
    const ofAccount = { kind: 'email_account.state_changed', subjectId: id } as const

    const [before, stateEvents, grantEvents, refreshes, lives, traffic, sending, failures] = await Promise.all([
      lastBefore(db, { ...ofAccount, before: from }),
      happenedTo(db, { ...ofAccount, ...time }),
      ofGrant('grant.state_changed'),
      ofGrant('grant.refreshed'),
      readLifeSpans(db, id, slots),
      mailTraffic(db, id, slots),
      readSendingTimes(db, id, slots),
      readSendingFailures(db, id, time),
    ])

    const end = to < now ? to : now
    const changes = stateEvents.map(changeOf).reverse()
    const history = { account, before: before && changeOf(before), changes, from, to: end }
    const states = listSpans(history)
    const errors: HealthError[] = [
      ...listErrors(changes, 'reading'),
      ...listErrors(grantEvents.map(changeOf), 'sign-in'),
      ...failures.map(({ at, code }) => ({ at, of: 'sending' as const, reason: toReason(code)! })),
    ]
    return {
      ...{ from, to, now, slotMs, completeUpTo: account.completeUpTo, states },
      gaps: findGaps(lives, states, { from, to: end }),
      refreshes: refreshes.map(refreshOf).reverse(),
      errors: errors.sort((a, b) => a.at.getTime() - b.at.getTime()),
      recoveries: listRecoveries(history),
      slots: mergeSlots(traffic.slots, sending.slots),
      total: { ...traffic.total, ...sending.total },
      truncated: [stateEvents, grantEvents, refreshes, failures].some(({ length }) => length === MOST_TOLD),
    }
  }

  return { of }
}

function changeOf({ at, payload }: HealthEvent): HealthChange {
  const { from, to, reason } = payload as Omit<HealthChange, 'at'>
  return { at, from, to, reason }
}

function refreshOf({ at, payload }: HealthEvent): HealthOfAccount['refreshes'][number] {
  const { resource, ms } = payload as { resource: string; ms: number }
  return { at, resource, ms }
}
