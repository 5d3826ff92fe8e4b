import { afterAll, expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import { createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createRecovery } from './recovery.ts'

const database = await testDatabase()
const clock = createTestClock()
const events = createEvents(database)
const recovery = createRecovery({ database, clock, events, random: () => 0.5 })
afterAll(() => events.close())

async function inState(state: string): Promise<Awaited<ReturnType<typeof storeEmailAccount>>> {
  const account = await storeEmailAccount(database, clock)
  const later = new Date(clock.now().getTime() + 15 * 60_000)
  await database.pool.query(`UPDATE email_accounts SET state = $2 WHERE id = $1`, [account.id, state])
  await database.pool.query(
    `UPDATE account_sync_states SET due_at = $2, next_try_at = $2 WHERE email_account_id = $1`,
    [account.id, later],
  )
  return account
}

async function dueInMs(id: string): Promise<number> {
  const { rows } = await database.pool.query<{ due_at: Date }>(
    'SELECT due_at FROM account_sync_states WHERE email_account_id = $1',
    [id],
  )
  return rows[0]!.due_at.getTime() - clock.now().getTime()
}

it('mailboxes of a Cloud Provider are retried within seconds once it is connected again', async () => {
  const [mine, other] = [await inState('needs-admin'), await inState('needs-admin')]
  const event = { kind: 'cloud_provider.state_changed' as const, subjectId: mine.cloudProviderId }
  await recovery.heard({ ...event, payload: { from: 'connected', to: 'needs-admin', reason: null } })
  expect(await dueInMs(mine.id)).toBe(15 * 60_000)

  await recovery.heard({ ...event, payload: { from: 'needs-admin', to: 'connected', reason: null } })
  expect(await dueInMs(mine.id)).toBe(5_000)
  expect(await dueInMs(other.id)).toBe(15 * 60_000)
})

it('mailboxes of a person are retried within seconds of a sign-in', async () => {
  const mine = await inState('needs-sign-in')
  await recovery.heard({
    kind: 'grant.state_changed',
    subjectId: mine.grantId,
    payload: { from: 'needs-sign-in', to: 'connected', reason: null },
  })
  expect(await dueInMs(mine.id)).toBe(5_000)
})

it('a pause requested by the server stays in effect', async () => {
  const throttled = await inState('degraded')
  await recovery.heard({
    kind: 'cloud_provider.state_changed',
    subjectId: throttled.cloudProviderId,
    payload: { from: 'needs-sign-in', to: 'connected', reason: null },
  })
  expect(await dueInMs(throttled.id)).toBe(15 * 60_000)
})

it('the recovery event reaches every process', async () => {
  await recovery.start()
  const mine = await inState('needs-admin')
  await database.transaction((tx) =>
    events.append(tx, {
      kind: 'cloud_provider.state_changed',
      subjectId: mine.cloudProviderId,
      payload: { from: 'needs-admin', to: 'connected', reason: null },
      at: clock.now(),
    }),
  )
  await expect.poll(() => dueInMs(mine.id)).toBe(5_000)
  await recovery.stop()
})
