/** Account batches that are canceled, retried or limited while a row is being connected. */
import { sql } from 'kysely'
import { beforeEach, describe, expect, it } from 'vitest'
import { createBatchEnds } from './batch-ends.ts'
import { createRowResults } from './row-results.ts'
import { createAudit } from '../audit/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { AccountBatchId } from '../kernel/ids.ts'
import { type BatchOfTest, createBatchStage } from '../../test/kit/index.ts'

const stage = await createBatchStage()
const { ask, rooms, database, clock, admin, person, create, get, rowsOf, key } = stage
const { accountBatches, emailAccounts, events } = rooms
const results = createRowResults({
  ...{ database, clock, log: rooms.log, emailAccounts, transports: { pausedUntil: () => undefined } },
} as never)
const ends = createBatchEnds({ database, clock, events, audit: createAudit(database, clock) })

beforeEach(async () => {
  await stage.removeAll()
  await stage.noFaults()
})

const isOf = ({ id }: BatchOfTest) => id as AccountBatchId

async function recordOf(batch: BatchOfTest, line = 1) {
  const { db } = database
  const record = await db
    .selectFrom('account_batches')
    .selectAll()
    .where('id', '=', isOf(batch))
    .executeTakeFirstOrThrow()
  const row = await db
    .selectFrom('account_batch_rows')
    .selectAll()
    .where('batch_id', '=', isOf(batch))
    .where('line', '=', line)
    .executeTakeFirstOrThrow()
  return [record, row] as const
}

/** Sets a row to the state that it has while it is being connected. */
async function begin(batch: BatchOfTest, line = 1): Promise<void> {
  await sql`UPDATE account_batch_rows SET state = 'checking' WHERE batch_id = ${batch.id} AND line = ${line}`.execute(
    database.db,
  )
}

const unavailable = (inMs: number) =>
  new AppError('transports.unavailable', {
    upstream: { retryAt: new Date(clock.now().getTime() + inMs) },
  })

async function statesOf(batch: BatchOfTest) {
  return (await rowsOf(batch)).map(({ state }) => state)
}

describe('a canceled batch', () => {
  it('ends with the row in flight, which is not tried again, and reports its end once', async () => {
    const batch = await create({ rows: [{ address: 'a@contoso.example' }, { address: 'b@contoso.example' }] })
    await begin(batch)
    const canceled = await ask(`POST /v1/account-batches/${batch.id}/cancel`, { as: admin })
    expect(canceled.body).toMatchObject({ status: 'canceled', counts: { checking: 1, canceled: 1 } })
    expect(canceled.body).not.toHaveProperty('endedAt')
    const eventsOf = () => rooms.events.list({ emailAccountIds: 'all', subjectId: batch.id, limit: 10 })
    expect((await eventsOf()).events).toEqual([])

    await results.record(...(await recordOf(batch)), unavailable(1_000))
    expect(await statesOf(batch)).toEqual(['canceled', 'canceled'])
    await accountBatches.runDue()
    await accountBatches.runDue()
    expect(await get(batch)).toHaveProperty('endedAt')
    const reported = (await eventsOf()).events
    expect(reported).toMatchObject([{ kind: 'account_batch.completed', payload: { status: 'canceled', canceled: 2 } }])
  })

  it('ends after the server that had a row in flight was killed', async () => {
    const batch = await create({ rows: [{ address: 'a@contoso.example' }] })
    await begin(batch)
    await ask(`POST /v1/account-batches/${batch.id}/cancel`, { as: admin })
    await accountBatches.runDue()
    const ended = await get(batch)
    expect(ended).toMatchObject({ status: 'canceled', counts: { canceled: 1 } })
    expect(ended).toHaveProperty('endedAt')
  })
})

it('goes on when a retry and the end of the batch meet', async () => {
  const batch = await create({ rows: [{ address: 'a@contoso.example' }] })
  await sql`UPDATE account_batch_rows SET state = 'failed' WHERE batch_id = ${batch.id}`.execute(database.db)
  let ended: Promise<void> | undefined
  await database.transaction(async (tx) => {
    await sql`SELECT FROM account_batches WHERE id = ${batch.id} FOR UPDATE`.execute(tx)
    ended = database.transaction((other) => ends.end(other, isOf(batch)))
    // A transaction that waits for a row holds the lock of its tuple.
    const blocked = sql<{ count: number }>`
      SELECT count(*) FROM pg_locks WHERE locktype = 'tuple' AND relation = 'account_batches'::regclass`
    await expect.poll(async () => (await blocked.execute(database.db)).rows[0]!.count).toBe(1)
    await sql`UPDATE account_batch_rows SET state = 'waiting' WHERE batch_id = ${batch.id}`.execute(tx)
    await sql`UPDATE account_batches SET status = 'running' WHERE id = ${batch.id}`.execute(tx)
  })
  await ended
  expect(await get(batch)).toMatchObject({ status: 'running', counts: { waiting: 1 } })
})

it('pauses for the longest demand of Microsoft, also of an unavailable service', async () => {
  const batch = await create({ rows: [{ address: 'a@contoso.example' }, { address: 'b@contoso.example' }] })
  await begin(batch, 1)
  await begin(batch, 2)
  await results.record(...(await recordOf(batch, 1)), unavailable(300_000))
  await results.record(...(await recordOf(batch, 2)), unavailable(20_000))
  expect(Date.parse((await get(batch)).pausedUntil!) - clock.now().getTime()).toBeGreaterThanOrEqual(290_000)
})

it('fails the other rows when the sign-in that opens them has ended', async () => {
  const batch = await create({ rows: [{ address: 'a@contoso.example' }, { address: 'b@contoso.example' }] })
  await begin(batch)
  await results.record(...(await recordOf(batch)), new AppError('tokens.grant_ended'))
  expect(await statesOf(batch)).toEqual(['failed', 'failed'])
})

it('goes on in the name of the admin who tries it again after its key was revoked', async () => {
  const [address] = await stage.addShared('retried', 1)
  await stage.fault('mailbox-unlicensed', { on: { mailbox: address } })
  const program = await key(['connect:application'])
  const batch = await create({ rows: [{ address }] }, program)
  await accountBatches.runDue()
  expect(await statesOf(batch)).toEqual(['failed'])

  await stage.noFaults()
  await rooms.people.apiKeys.revoke(program.id, admin.id)
  await ask(`POST /v1/account-batches/${batch.id}/retry`, { as: admin, body: {} })
  await accountBatches.runDue()
  expect(await statesOf(batch)).toEqual(['connected'])
  expect(await get(batch)).toMatchObject({ createdBy: `api-key:${program.id}` })
})

it('keeps the key that one row asks for from another that gets its key by its address', async () => {
  const [first, second] = await stage.addShared('sales', 2)
  const batch = await create({ rows: [{ address: first }, { address: second, key: 'sales' }] })
  const tryLater = (at: Date | null) =>
    sql`UPDATE account_batch_rows SET next_try_at = ${at} WHERE batch_id = ${batch.id} AND line = 2`.execute(
      database.db,
    )
  await tryLater(new Date(clock.now().getTime() + 60_000))
  await accountBatches.runDue()
  expect(await statesOf(batch)).toEqual(['connected', 'waiting'])
  await tryLater(null)
  await accountBatches.runDue()
  expect(await statesOf(batch)).toEqual(['connected', 'connected'])
  const keys = Object.fromEntries((await emailAccounts.list()).map((account) => [account.address, account.key]))
  expect(keys).toEqual({ [first!]: 'SALE2', [second!]: 'SALES' })
})

it('is refused while twenty batches of its creator are in progress', async () => {
  const rows = [{ address: 'a@contoso.example' }]
  for (let count = 0; count < 20; count++) await create({ rows })
  const body = { applicationOf: stage.applicationOf, rows }
  const refused = await ask('POST /v1/account-batches', { as: admin, body })

  expect(refused).toMatchObject({
    status: 429,
    headers: { 'retry-after': '60' },
    body: { code: 'account_batches.too_many' },
  })
  await create({ rows }, await key(['connect:application']))
})

describe('members of a batch', () => {
  it('are no auditors', async () => {
    const auditor = await person('auditor')
    for (const path of ['', '/preview']) {
      const body = {
        applicationOf: stage.applicationOf,
        rows: [{ address: 'a@contoso.example' }],
        memberIds: [auditor.id],
      }
      const answer = await ask(`POST /v1/account-batches${path}`, { as: admin, body })
      expect(answer).toMatchObject({ status: 409, body: { code: 'people.auditor_without_mail' } })
    }
  })

  it('get access, in the audit list, unless they were removed or became auditors meanwhile', async () => {
    const [address] = await stage.addShared('members', 1)
    const [agent, left, auditor] = [await person('agent'), await person('agent'), await person('agent')]
    await create({ rows: [{ address }], memberIds: [agent.id, left.id, auditor.id] })
    await rooms.people.people.remove(left.id, admin.id)
    await rooms.people.people.changeRole(auditor.id, 'auditor', admin.id)
    await accountBatches.runDue()

    const [account] = await emailAccounts.list()
    const members = await database.db.selectFrom('memberships').selectAll().execute()
    expect(members.filter((each) => each.email_account_id === account!.id)).toMatchObject([{ user_id: agent.id }])
    const entries = database.db.selectFrom('audit_entries').select('detail').where('subject', '=', account!.id)
    const [entry] = await entries.where('action', '=', 'email_account.members_added').execute()
    expect(entry!.detail).toMatchObject({ memberIds: [agent.id] })
  })
})
