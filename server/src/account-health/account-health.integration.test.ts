import { describe, expect, it } from 'vitest'
import { createConversations } from '../conversations/index.ts'
import { createEmailAccounts } from '../email-accounts/index.ts'
import { createEvents, type NewEvent } from '../events/index.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type EmailAccountId, type SubmissionId } from '../kernel/ids.ts'
import { countUnsent } from '../submission/index.ts'
import {
  createSyncStates,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../test/kit/index.ts'
import { createAccountHealth } from './index.ts'

const MINUTE_MS = 60_000
const database = await testDatabase()
const clock = createTestClock('2026-03-01T12:00:00Z')
const events = createEvents(database)
const conversations = createConversations({ database, clock, events })
const emailAccounts = createEmailAccounts({
  database,
  clock,
  events,
  syncStates: createSyncStates({ clock }),
  transports: {
    canSendBy: () => Promise.resolve(true),
    open: () => Promise.reject(new AppError('transports.unavailable')),
  },
  cloudProviders: { get: () => Promise.reject(new TypeError('nothing is associated here')) },
  cloudProviderOf: () => Promise.reject(new TypeError('nothing is associated here')),
  audit: { record: () => Promise.resolve() },
  countsOf: (id) => conversations.reading.counts(id),
  unsentOf: countUnsent,
})
const health = createAccountHealth({ database, clock, emailAccounts })
const DAY = { from: new Date('2026-03-02T00:00:00Z'), to: new Date('2026-03-03T00:00:00Z') }
let messages = 0

async function newAccount() {
  clock.set('2026-03-01T12:00:00Z')
  const stored = await storeEmailAccount(database, clock, { folders: [{ role: 'inbox', synced: true }] })
  const { id } = stored

  const happens = (time: string, event: object) =>
    database.transaction((tx) =>
      events.append(tx, { subjectId: id, ...event, at: new Date(`2026-03-02T${time}Z`) } as unknown as NewEvent),
    )
  return {
    ...stored,
    happens,
    at: (time: string) => clock.set(`2026-03-02T${time}Z`),
    signal: (signal: 'up-to-date' | 'failed-wait', error?: AppError) =>
      database.transaction((tx) => emailAccounts.signal(tx, id, signal, { ...(error && { error }) })),
    /** Records a message with the time at which the server received it, stored `afterMs` later. */
    receives: async (time: string, afterMs: number, folderRemoteId = 'inbox') => {
      const receivedAt = new Date(`2026-03-02T${time}Z`)
      clock.set(new Date(receivedAt.getTime() + afterMs))
      const account = await emailAccounts.get(id)
      const message = customerMessage(clock, ++messages, { receivedAt, folderRemoteId })
      await database.transaction((tx) => conversations.filing.file(tx, account, message))
    },
  }
}

async function submits(
  id: EmailAccountId,
  time: string,
  ways: { holdMs?: number; handedMs?: number; seenMs?: number },
) {
  const acceptedAt = new Date(`2026-03-02T${time}Z`)
  const { holdMs, handedMs, seenMs } = ways
  const after = (ms: number | undefined) => (ms === undefined ? null : new Date(acceptedAt.getTime() + ms))
  const submissionId = newId<SubmissionId>()
  await database.db
    .insertInto('submissions')
    .values({
      id: submissionId,
      email_account_id: id,
      idempotency_key: submissionId,
      request_hash: Buffer.alloc(1),
      message_id: `${submissionId}@contoso.example`,
      content: '{}',
      state: seenMs === undefined ? 'handed-over' : 'sent',
      due_at: acceptedAt,
      not_before: after(holdMs),
      handed_over_at: after(handedMs),
      submitted_by: 'ben',
      created_at: acceptedAt,
    })
    .execute()
  if (seenMs !== undefined) {
    await database.transaction((tx) =>
      events.append(tx, {
        kind: 'submission.sent',
        subjectId: submissionId,
        payload: { state: 'sent', reason: null, conversationId: null, messageId: null },
        at: after(seenMs)!,
      }),
    )
  }
}

describe('the health of an account', () => {
  it('reports the time from the server to Postkey, per slot and for the day', async () => {
    const { id, receives } = await newAccount()
    await receives('08:01:00', 5000)
    await receives('08:02:00', 7000)
    await receives('08:09:59', 60_000)
    await receives('10:00:00', 1000)
    clock.set('2026-03-02T20:00:00Z')

    const { slots, total, slotMs } = await health.of(id, DAY)

    expect(slotMs).toBe(10 * MINUTE_MS)
    expect(slots).toMatchObject([
      { at: new Date('2026-03-02T08:00:00Z'), received: 3, receiving: { count: 3, p50Ms: 7000, maxMs: 60_000 } },
      { at: new Date('2026-03-02T10:00:00Z'), received: 1, receiving: { count: 1, p50Ms: 1000, maxMs: 1000 } },
    ])
    expect(total).toMatchObject({ received: 4, sent: 0, receiving: { p50Ms: 5000, maxMs: 60_000 } })
  })

  it('ignores imported mail and counts no negative times of a server whose clock is ahead', async () => {
    const { id, receives } = await newAccount()
    await database.db
      .updateTable('email_accounts')
      .set({ created_at: new Date('2026-03-02T08:00:00Z') })
      .where('id', '=', id)
      .execute()
    await receives('07:00:00', 3_600_000)
    await receives('09:00:00', -1500)

    const { total } = await health.of(id, DAY)

    expect(total).toMatchObject({ received: 1, receiving: { count: 1, p50Ms: 0, maxMs: 0 } })
  })

  it('reports how long sending took, without the time in which it could be canceled', async () => {
    const { id } = await newAccount()
    await submits(id, '09:00:00', { handedMs: 800, seenMs: 2000 })
    await submits(id, '09:01:00', { holdMs: 10_000, handedMs: 10_400, seenMs: 11_000 })
    await submits(id, '09:02:00', { handedMs: 3000 })
    await submits(id, '09:03:00', {})

    const { slots, total } = await health.of(id, DAY)

    expect(slots).toMatchObject([
      {
        ...{ at: new Date('2026-03-02T09:00:00Z'), accepted: 4, received: 0 },
        handover: { count: 3, p50Ms: 800, maxMs: 3000 },
        seen: { count: 2, p50Ms: 1000, maxMs: 2000 },
      },
    ])
    expect(total.seen).toEqual({ count: 2, p50Ms: 1000, maxMs: 2000 })
  })

  it('lists errors of reading, of the sign-in and of sending in chronological order', async () => {
    const { id, grantId, at, signal, happens } = await newAccount()
    await happens('07:00:00', {
      kind: 'grant.state_changed',
      subjectId: grantId,
      payload: { from: 'connected', to: 'degraded', reason: 'transports.unavailable' },
    })
    at('06:00:00')
    await signal('failed-wait', new AppError('transports.throttled'))
    await happens('05:00:00', {
      kind: 'submission.failed',
      emailAccountId: id,
      subjectId: newId(),
      payload: { state: 'failed', reason: 'submission.copy_missing' },
    })
    at('09:00:00')
    await signal('up-to-date')

    const { errors, recoveries, states } = await health.of(id, DAY)

    expect(errors.map(({ of, reason }) => [of, reason.code])).toEqual([
      ['sending', 'submission.copy_missing'],
      ['reading', 'transports.throttled'],
      ['sign-in', 'transports.unavailable'],
    ])
    expect(recoveries).toEqual([{ at: new Date('2026-03-02T09:00:00Z'), since: new Date('2026-03-02T06:00:00Z') }])
    expect(states.map(({ state }) => state)).toEqual(['connected', 'degraded'])
  })

  it('lists the refreshes of its own sign-in only', async () => {
    const { id, grantId, happens } = await newAccount()
    const other = await newAccount()
    const refreshed = (subjectId: string, ms: number) => ({
      kind: 'grant.refreshed' as const,
      subjectId,
      payload: { resource: 'graph', ms },
    })
    await happens('10:00:00', refreshed(grantId, 210))
    await happens('11:00:00', refreshed(other.grantId, 220))
    await happens('09:00:00', refreshed(grantId, 230))

    expect((await health.of(id, DAY)).refreshes.map(({ ms }) => ms)).toEqual([230, 210])
  })

  it('uses readings as evidence where no proof of life was recorded', async () => {
    const { id, at, signal } = await newAccount()
    for (const time of ['00:00:00', '00:05:00', '00:14:00', '02:00:00', '02:09:00']) {
      at(time)
      await signal('up-to-date')
    }
    at('02:15:00')

    expect((await health.of(id, DAY)).gaps).toEqual([
      { from: new Date('2026-03-02T00:14:00Z'), to: new Date('2026-03-02T02:00:00Z') },
    ])
    const { rows } = await database.pool.query('SELECT FROM proofs_of_life WHERE email_account_id = $1', [id])
    expect(rows).toHaveLength(2)
  })

  it('uses longer slots for longer periods, which limits the size of the response', async () => {
    const { id } = await newAccount()
    const days = (count: number) => ({ from: DAY.from, to: new Date(DAY.from.getTime() + count * 24 * 60 * MINUTE_MS) })
    const counts = await Promise.all(
      [1, 7, 31].map(async (count) => {
        const { slotMs, from, to } = await health.of(id, days(count))
        return (to.getTime() - from.getTime()) / slotMs
      }),
    )
    expect(counts).toEqual([144, 168, 124])
  })

  it('reports that a list was truncated', async () => {
    const { id, grantId } = await newAccount()
    await database.pool.query(
      `INSERT INTO events (kind, subject_id, payload, at)
       SELECT 'grant.refreshed', $1, '{"resource":"graph","ms":1}', $2::timestamptz + n * interval '1 minute'
       FROM generate_series(1, 600) AS n`,
      [grantId, DAY.from],
    )
    const { refreshes, truncated } = await health.of(id, DAY)
    expect(truncated).toBe(true)
    expect(refreshes.at(-1)!.at).toEqual(new Date('2026-03-02T10:00:00Z'))
  })
})
