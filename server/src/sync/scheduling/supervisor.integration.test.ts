import { expect, it, onTestFinished, vi } from 'vitest'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { roundFigures } from '../../kernel/rounds.ts'
import { createTestClock, silentLog, testDatabase, WAIT } from '../../../test/kit/index.ts'
import { createStage } from '../../../test/sync/stage.ts'
import { StrictFolderServer } from '../../../test/sync/strict-folder-server.ts'
import { createSupervisor } from './supervisor.ts'
import { createLeases, type Lease } from './leases.ts'

const database = await testDatabase()
const clock = createTestClock()
const { emailAccounts, associate } = createStage(database, clock, new Map())

it('the supervisor abandons a query for due mailboxes that hangs, and the next query starts each account once', async () => {
  const { id } = await associate('a@contoso.example', new StrictFolderServer().transport)
  const leases = createLeases({ database, clock, emailAccounts })
  const lost = Promise.withResolvers<{ id: typeof id; kind: 'well' }[]>()
  let looks = 0
  const run = vi.fn(async (lease: Lease) => {
    await leases.write(lease, (tx) => leases.setDue(tx, lease, new Date(clock.now().getTime() + 60_000)))
  })
  const supervisor = createSupervisor({
    database,
    leases: { ...leases, due: (...given) => (looks++ === 0 ? lost.promise : leases.due(...given)) },
    log: silentLog,
    run,
    abandon: () => Promise.resolve(),
    lookDeadlineMs: 2_000,
  })
  await supervisor.start()
  onTestFinished(() => supervisor.stop())

  await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(1), WAIT)
  expect(roundFigures()).toContainEqual(expect.objectContaining({ name: 'sync.supervisor', abandoned: 1 }))
  lost.resolve([{ id, kind: 'well' }])
  await supervisor.settled()
  expect(run).toHaveBeenCalledTimes(1)
})

it('runs that wait for their turn keep their places, are not abandoned, and leave the places of connected mailboxes free', async () => {
  let machineMs = 0
  const monotonic = () => machineMs
  const leases = createLeases({ database, clock, emailAccounts, monotonic })
  const connect = async (address: string) => {
    const { id } = await associate(address, new StrictFolderServer().transport)
    await database.db.updateTable('email_accounts').set({ state: 'connected' }).where('id', '=', id).execute()
    return id
  }
  for (let n = 0; n < 20; n++) await associate(`import${n}@contoso.example`, new StrictFolderServer().transport)
  const begun: string[] = []
  const [full, hold] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  const abandon = vi.fn(() => Promise.resolve())
  const supervisor = createSupervisor({
    database,
    leases,
    log: silentLog,
    monotonic,
    abandon,
    async run(lease) {
      if (lease.account.state === 'connecting') {
        begun.push(lease.account.id)
        const endWait = leases.beginWait(lease)
        if (begun.length === 16) full.resolve(undefined)
        await hold.promise
        endWait()
      }
      await leases.write(lease, (tx) => leases.setDue(tx, lease, new Date(clock.now().getTime() + 60_000)))
    },
  })
  const isRead = async (id: EmailAccountId) => (await emailAccounts.get(id)).dueAt > clock.now()
  await supervisor.start()
  onTestFinished(() => supervisor.stop())
  onTestFinished(() => hold.resolve(undefined))
  await full.promise

  machineMs += 60 * 60_000
  // The second query follows the complete first one.
  for (const address of ['first@contoso.example', 'second@contoso.example']) {
    const id = await connect(address)
    supervisor.look()
    await expect.poll(() => isRead(id), WAIT).toBe(true)
  }
  expect(begun).toHaveLength(16)
  expect(supervisor.isFullOfImports).toBe(true)
  expect(abandon).not.toHaveBeenCalled()

  hold.resolve(undefined)
  await supervisor.settled()
  expect(begun).toHaveLength(20)
  expect(supervisor.isFullOfImports).toBe(false)
})

it('a run that waits for its server frees its place, and is abandoned after eight minutes', async () => {
  let machineMs = 0
  const monotonic = () => machineMs
  const leases = createLeases({ database, clock, emailAccounts, monotonic })
  const ids = []
  for (let n = 0; n < 20; n++) {
    ids.push((await associate(`stalled${n}@contoso.example`, new StrictFolderServer().transport)).id)
  }
  const [begun, abandoned] = [new Set<string>(), new Set<string>()]
  const hold = Promise.withResolvers<undefined>()
  const supervisor = createSupervisor({
    database,
    leases,
    log: silentLog,
    monotonic,
    async run({ account }) {
      begun.add(account.id)
      await hold.promise
    },
    async abandon(lease) {
      abandoned.add(lease.account.id)
      const again = { ...lease, over: new AbortController().signal }
      await leases.write(again, (tx) => leases.setDue(tx, lease, new Date(clock.now().getTime() + 60_000)))
    },
  })
  await supervisor.start()
  onTestFinished(() => supervisor.stop())
  onTestFinished(() => hold.resolve(undefined))
  await expect.poll(() => begun.size, WAIT).toBe(16)
  machineMs += 5000
  supervisor.look()
  await expect.poll(() => begun.size, WAIT).toBe(20)
  expect(abandoned.size).toBe(0)
  machineMs += 8 * 60_000 - 5000
  supervisor.look()
  await expect.poll(() => abandoned.size, WAIT).toBeGreaterThanOrEqual(16)
  machineMs += 5000
  supervisor.look()
  await expect.poll(() => abandoned, WAIT).toEqual(new Set(ids))
})
