import { expect, it, onTestFinished, vi } from 'vitest'
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
  const lost = Promise.withResolvers<(typeof id)[]>()
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
  lost.resolve([id])
  await supervisor.settled()
  expect(run).toHaveBeenCalledTimes(1)
})
