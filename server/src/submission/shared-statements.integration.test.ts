import { afterAll, describe, expect, it } from 'vitest'
import { silentLog, testDatabase } from '../../test/kit/index.ts'
import { outboxForTest } from '../../test/submission/outbox.ts'
import { createDatabase, DEFAULT_LIMITS } from '../database/index.ts'
import { newId, type EmailAccountId, type SubmissionId } from '../kernel/ids.ts'
import { createOutbox } from './outbox.ts'
import { Overtaken } from './submission-rows.ts'

const database = await testDatabase()
const impatient = await createDatabase(database.url, { log: silentLog, limits: { ...DEFAULT_LIMITS, lockMs: 200 } })
afterAll(() => impatient.close())

const stateOf = (world: Awaited<ReturnType<typeof outboxForTest>>, id: Parameters<typeof world.submissions.get>[0]) =>
  world.submissions.get(id).then(({ state }) => state)

async function beginOf(id: SubmissionId): Promise<Date | null> {
  const row = await database.db
    .selectFrom('submissions')
    .select('send_begun_at')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return row.send_begun_at
}

describe('submissions accepted concurrently', () => {
  it('are stored once each, with one event, also if an idempotency key is repeated', async () => {
    const world = await outboxForTest(database)
    const keys = Array.from({ length: 12 }, (_, n) => `key-${n % 8}-${world.emailAccountId}`)

    const accepted = await Promise.all(keys.map((idempotencyKey) => world.submit({ idempotencyKey })))

    expect(accepted.slice(8).map(({ id }) => id)).toEqual(accepted.slice(0, 4).map(({ id }) => id))
    expect(new Set(accepted.map(({ id }) => id)).size).toBe(8)
    for (const each of accepted) expect(await world.kindsOf(each)).toEqual(['submission.queued'])
  })

  it('are accepted although one of them is refused', async () => {
    const world = await outboxForTest(database)
    const removed = newId<EmailAccountId>()
    const values = (id: EmailAccountId, n: number) => ({
      ...{ id: newId<never>(), email_account_id: id, idempotency_key: `${world.emailAccountId}-${n}` },
      ...{ request_hash: Buffer.alloc(32), message_id: `${newId()}@x.example`, content: '{}', submitted_by: 'ben' },
      ...{ due_at: world.clock.now(), created_at: world.clock.now() },
    })

    const results = await Promise.allSettled(
      [world.emailAccountId, world.emailAccountId, removed, world.emailAccountId].map((id, n) =>
        world.outbox.acceptAlone(values(id, n)),
      ),
    )

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
  })
})

describe('steps stored concurrently', () => {
  it('are each rejected or stored by the claim of their own row', async () => {
    const world = await outboxForTest(database)
    const { outbox, clock, submit, kindsOf } = world
    const accepted = [await submit(), await submit(), await submit(), await submit()]
    const batchSizes = new Map([[world.emailAccountId, 4]])
    const old = await outbox.claimBatch('worker-1', { batchSizes })
    const begun_at = clock.now()
    for (const row of old.slice(2)) await outbox.save(row, { send_begun_at: begun_at }, { release: false })
    clock.advance(2 * world.LEASE_MS)
    const [taken] = await outbox.claimBatch('worker-2', {})
    expect(taken!.id).toBe(old[0]!.id)
    await expect(outbox.save(old[0]!, { send_begun_at: begun_at }, { release: false })).rejects.toBeInstanceOf(
      Overtaken,
    )
    expect(await beginOf(old[0]!.id)).toBeNull()
    const handover = {
      ...({ state: 'handed-over', state_reason: null, state_detail: null, transient_since: null } as const),
      ...{ handed_over_at: clock.now(), due_at: clock.now() },
    }

    // Saves of the same turn of the event loop share a statement.
    const results = await Promise.allSettled([
      outbox.save(old[1]!, { send_begun_at: clock.now() }, { release: false }),
      outbox.save(old[0]!, { send_begun_at: clock.now() }, { release: false }),
      outbox.save(taken!, { send_begun_at: clock.now(), remote_draft_id: 'draft-1' }, { release: false }),
      outbox.save(old[2]!, handover, { release: true }),
      outbox.save(old[3]!, handover, { release: true }),
    ])

    const rejected = results.map((each) => (each.status === 'rejected' ? (each.reason as unknown) : undefined))
    expect(rejected[1]).toBeInstanceOf(Overtaken)
    expect(rejected.filter((each) => each !== undefined)).toHaveLength(1)
    const rows = await database.db
      .selectFrom('submissions')
      .selectAll()
      .where('email_account_id', '=', world.emailAccountId)
      .orderBy('id')
      .execute()
    expect(rows.map((row) => [row.state, row.claimed_by, row.remote_draft_id])).toEqual([
      ['sending', 'worker-2', 'draft-1'],
      ['sending', 'worker-1', null],
      ['handed-over', null, null],
      ['handed-over', null, null],
    ])
    expect(rows.map((row) => row.send_begun_at)).toEqual([clock.now(), clock.now(), begun_at, begun_at])
    expect(rows.map((row) => row.lease_until?.getTime())).toEqual([
      ...[clock.now().getTime() + world.LEASE_MS, clock.now().getTime() + world.LEASE_MS],
      ...[undefined, undefined],
    ])
    expect(await kindsOf(accepted[2]!)).toEqual([
      'submission.queued',
      'submission.sending_started',
      'submission.handed_over',
    ])
    expect((await kindsOf(accepted[1]!)).at(-1)).toBe('submission.sending_started')
    expect(await stateOf(world, accepted[3]!.id)).toBe('handed-over')
  })

  it('are stored although another transaction has locked the row of one', async () => {
    const { outbox, clock, submit, emailAccountId } = await outboxForTest(database)
    for (let n = 0; n < 4; n++) await submit()
    const rows = await outbox.claimBatch('worker-1', { batchSizes: new Map([[emailAccountId, 4]]) })
    const { save } = createOutbox({ database: impatient, clock })

    const results = await database.transaction(async (tx) => {
      await outbox.lock(tx, rows[1]!.id)
      // Saves of the same turn of the event loop share a statement.
      return Promise.allSettled(rows.map((row) => save(row, { send_begun_at: clock.now() }, { release: false })))
    })

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(results[1]).toMatchObject({ reason: { code: 'database.lock_busy' } })
    const begun = await Promise.all(rows.map(({ id }) => beginOf(id)))
    expect(begun).toEqual([clock.now(), null, clock.now(), clock.now()])
  })
})
