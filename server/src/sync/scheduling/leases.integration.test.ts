import { sql } from 'kysely'
import { expect, it, vi } from 'vitest'
import { createTestClock, silentLog, testDatabase, WAIT } from '../../../test/kit/index.ts'
import { createStage } from '../../../test/sync/stage.ts'
import { StrictFolderServer } from '../../../test/sync/strict-folder-server.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { createLeases } from './leases.ts'
import { createWatchdog } from './watchdog.ts'

const database = await testDatabase()
const clock = createTestClock()
const { emailAccounts, associate } = createStage(database, clock, new Map())
const leases = createLeases({ database, clock, emailAccounts })
const live = new AbortController().signal

it('the lease rejects all writes of a worker after another one has claimed its mailbox', async () => {
  const { id } = await associate('a@contoso.example', new StrictFolderServer().transport)
  const slow = (await leases.claim(id, live))!
  const quick = (await leases.claim(id, live))!

  const late = leases.write(slow, (tx) => leases.setDue(tx, slow, new Date('2030-01-01T00:00:00Z')))

  await expect(late).rejects.toMatchObject({ code: 'sync.superseded' })
  await leases.write(quick, (tx) => leases.setDue(tx, quick, new Date('2027-01-01T00:00:00Z')))
  expect((await emailAccounts.get(id)).dueAt).toEqual(new Date('2027-01-01T00:00:00Z'))
})

it('the lease rejects writes for a mailbox that was paused or removed meanwhile', async () => {
  const { id } = await associate('b@contoso.example', new StrictFolderServer().transport)
  const first = (await leases.claim(id, live))!
  await emailAccounts.pause(id, 'admin')
  await expect(leases.write(first, () => Promise.resolve())).rejects.toMatchObject({ code: 'sync.superseded' })
  expect(await leases.claim(id, live)).toBeUndefined()

  await emailAccounts.resume(id, 'admin')
  const second = (await leases.claim(id, live))!
  await emailAccounts.remove(id, 'admin')
  await expect(leases.write(second, () => Promise.resolve())).rejects.toMatchObject({ code: 'sync.superseded' })
})

it('the lease makes a mailbox due at once if it was woken during a run', async () => {
  const { id } = await associate('c@contoso.example', new StrictFolderServer().transport)
  const lease = (await leases.claim(id, live))!
  await leases.wake(id)
  await leases.write(lease, (tx) => leases.setDue(tx, lease, new Date('2030-01-01T00:00:00Z')))

  expect((await emailAccounts.get(id)).dueAt).toEqual(clock.now())
})

it('the lease is granted only if the mailbox is still due', async () => {
  const { id } = await associate('d@contoso.example', new StrictFolderServer().transport)
  const lease = (await leases.claim(id, live))!
  await leases.write(lease, (tx) => leases.setDue(tx, lease, new Date(clock.now().getTime() + 1)))

  expect(await leases.claim(id, live)).toBeUndefined()
  const due = await leases.due(new Map([['importing', 10]]), [])
  expect(due.map((each) => each.id)).not.toContain(id)
})

/** Resolves once another transaction of this database waits for a row. */
async function aWaiter(): Promise<void> {
  await vi.waitUntil(async () => {
    const { rows } = await sql`SELECT 1 FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(database.db)
    return rows.length > 0
  }, WAIT)
}

const changes: [string, (id: EmailAccountId) => Promise<unknown>][] = [
  ['a change of state', (id) => emailAccounts.pause(id, 'admin')],
  ['a claim by another server', (id) => leases.claim(id, live)],
]

it.each(changes)('a write of a lease is complete before %s, and is the last one', async (what, change) => {
  const { id } = await associate(`${what}@contoso.example`, new StrictFolderServer().transport)
  const older = (await leases.claim(id, live))!
  const order: string[] = []
  let changing: Promise<unknown> | undefined
  await leases.write(older, async () => {
    changing = change(id).then(() => order.push('change'))
    await aWaiter()
    order.push('write')
  })
  await changing

  expect(order).toEqual(['write', 'change'])
  await expect(leases.write(older, () => Promise.resolve())).rejects.toMatchObject({ code: 'sync.superseded' })
})

it('a write that begins during a change of state is rejected, and neither waits for the other forever', async () => {
  const { id } = await associate('during@contoso.example', new StrictFolderServer().transport)
  const older = (await leases.claim(id, live))!
  const isLocked = Promise.withResolvers<undefined>()
  const changing = database.transaction(async (tx) => {
    await tx.selectFrom('email_accounts').select('id').where('id', '=', id).forNoKeyUpdate().execute()
    isLocked.resolve(undefined)
    await aWaiter()
    // The sync state is written after the account: a write that waits for the account must not hold it.
    await emailAccounts.signal(tx, id, 'failed-wait', { error: new AppError('email_accounts.silent') })
    await leases.takeAway(tx, id)
  })
  await isLocked.promise
  const late = leases.write(older, () => Promise.resolve())

  await expect(late).rejects.toMatchObject({ code: 'sync.superseded' })
  await changing
  expect((await emailAccounts.get(id)).reason?.code).toBe('email_accounts.silent')
})

it('a mailbox is created with its sync state and loses it with its removal', async () => {
  const { id } = await associate('rows@contoso.example', new StrictFolderServer().transport, { folders: ['inbox'] })
  const counts = async () => {
    const { rows } = await sql<{ accounts: number; folders: number }>`SELECT
      (SELECT count(*)::integer FROM account_sync_states WHERE email_account_id = ${id}) AS accounts,
      (SELECT count(*)::integer FROM folder_sync_states JOIN folders ON folder_id = folders.id
        WHERE email_account_id = ${id}) AS folders`.execute(database.db)
    return rows[0]
  }
  const folders = (await emailAccounts.folders(id)).length
  expect(folders).toBeGreaterThan(0)
  expect(await counts()).toEqual({ accounts: 1, folders })
  await emailAccounts.remove(id, 'admin')
  expect(await counts()).toEqual({ accounts: 0, folders: 0 })
})

const watchdog = createWatchdog({ database, clock, emailAccounts, leases, log: silentLog, silentAfterMs: 1e9 })
const updates: [string, (ids: EmailAccountId[]) => Promise<void>][] = [
  ['a poll of shown mailboxes', (ids) => leases.poll(ids)],
  ['a correction of due times', () => watchdog.look()],
]

it.each(updates)('%s locks mailboxes in the order of their ids', async (what, update) => {
  const dueAts = [new Date('2098-01-01T00:00:00Z'), new Date('2099-01-01T00:00:00Z')]
  const ids: EmailAccountId[] = []
  for (const n of [1, 2]) {
    ids.push((await associate(`${what}${n}@contoso.example`, new StrictFolderServer().transport)).id)
  }
  const [first, second] = ids.sort() as [EmailAccountId, EmailAccountId]
  await database.db.updateTable('email_accounts').set({ state: 'connected' }).where('id', 'in', ids).execute()
  // The first row is stored behind the second one and due after it, where a scan of the table or the index meets it last.
  for (const [n, id] of [second, first].entries()) {
    const due_at = dueAts[n]!
    await database.db.updateTable('account_sync_states').set({ due_at }).where('email_account_id', '=', id).execute()
  }
  const rowOf = (id: EmailAccountId) =>
    database.db.selectFrom('account_sync_states').select('due_at').where('email_account_id', '=', id)
  let updating: Promise<void> | undefined
  await database.transaction(async (tx) => {
    await tx
      .selectFrom('account_sync_states')
      .select('due_at')
      .where('email_account_id', '=', first)
      .forUpdate()
      .execute()
    updating = update([second, first])
    await aWaiter()
    expect(await rowOf(second).forUpdate().noWait().execute()).toEqual([{ due_at: dueAts[0] }])
  })
  await updating
  for (const id of ids) expect(await rowOf(id).execute()).toEqual([{ due_at: clock.now() }])
})
