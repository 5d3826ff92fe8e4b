import { expect, it, vi } from 'vitest'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { createLog } from '../../kernel/log.ts'
import { WAIT } from '../../../test/kit/index.ts'
import { createDatabaseWithStages } from '../../../test/sync/database-with-stages.ts'
import { count, createStage, deliverMany, pictureOf } from '../../../test/sync/stage.ts'
import { StrictFolderServer } from '../../../test/sync/strict-folder-server.ts'

const { database, clock, transports, nextAddress, eventsOf } = await createDatabaseWithStages()

/** Two folders, of three and two pages. */
function createTwoFolders(): StrictFolderServer {
  const server = new StrictFolderServer()
  deliverMany(server, 25)
  for (let n = 0; n < 15; n++) {
    server.deliver({ remoteId: `sent ${n}`, messageId: `sent${n}@x`, folderRemoteId: 'sent' })
  }
  for (const folder of server.folders) folder.totalCount = folder.role === 'inbox' ? 25 : 15
  return server
}

it('the newest page of each folder is stored before an older one of any folder', async () => {
  const server = createTwoFolders()
  const { sync, associate, emailAccounts } = createStage(database, clock, transports)
  const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox', 'sent'] })
  /** Imported messages of both folders when each page was requested. */
  const stored: number[][] = []
  server.beforePage = async () => {
    const folders = await emailAccounts.folders(id)
    stored.push(['inbox', 'sent'].map((name) => folders.find(({ remoteId }) => remoteId === name)!.importedCount))
  }
  await sync.start()
  await sync.settled()
  await sync.stop()

  expect(stored.slice(0, 3)).toEqual([
    [0, 0],
    [10, 0],
    [10, 10],
  ])
  expect(await pictureOf(database, id)).toHaveLength(40)
})

it.each([
  { pause: 'less than 30 seconds', ms: 29_000, runs: 1 },
  { pause: 'more than 30 seconds', ms: 31_000, runs: 2 },
])('after a page that takes $pause, an import continues in run $runs', async ({ ms, runs }) => {
  const server = createTwoFolders()
  const { sync, associate, emailAccounts } = createStage(database, clock, transports)
  const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox', 'sent'] })
  const fences: number[] = []
  server.beforePage = async (page) => {
    if (page === 1) clock.advance(ms)
    const row = await database.db
      .selectFrom('account_sync_states')
      .select('fence')
      .where('email_account_id', '=', id)
      .executeTakeFirstOrThrow()
    fences.push(row.fence)
  }
  await sync.start()
  await sync.settled()
  await sync.stop()

  const [first] = fences
  expect(fences.slice(0, 5).map((fence) => fence - first! + 1)).toEqual([1, 1, runs, runs, runs])
  expect((await emailAccounts.get(id)).state).toBe('connected')
  expect(await pictureOf(database, id)).toHaveLength(40)
})

it('an import waits for requests of users in progress, which new mail does not', async () => {
  const server = new StrictFolderServer()
  deliverMany(server, 5)
  const [asked, hold] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  let waits = 0
  const idle = () => {
    waits++
    asked.resolve(undefined)
    return hold.promise
  }
  const requests = { isActive: true, begin: () => () => undefined, idle }
  const { sync, associate } = createStage(database, clock, transports, undefined, { requests })
  const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox'] })
  await sync.start()
  try {
    await asked.promise
    expect(await pictureOf(database, id)).toEqual([])
    hold.resolve(undefined)
    await sync.settled()
    expect(await pictureOf(database, id)).toHaveLength(5)

    const before = waits
    server.deliver({ remoteId: 'new', messageId: 'new@x' })
    await sync.wake(id)
    await sync.settled()
    expect(await pictureOf(database, id)).toHaveLength(6)
    expect(waits).toBe(before)
  } finally {
    hold.resolve(undefined)
    await sync.stop()
  }
})

it('imports that wait for requests hold one page each, 16 at a time, and new mail of a connected mailbox arrives', async () => {
  let machineMs = 0
  let hold = Promise.resolve<undefined>(undefined)
  const held = Promise.withResolvers<undefined>()
  const requests = { isActive: true, begin: () => () => undefined, idle: () => hold }
  const options = { requests, monotonic: () => machineMs }
  const { sync, associate, conversations, emailAccounts } = createStage(database, clock, transports, undefined, options)
  const live = new StrictFolderServer()
  const { id: liveId } = await associate(nextAddress(), live.transport, { folders: ['inbox'] })
  await sync.start()
  try {
    await sync.settled()
    hold = held.promise
    const waits = vi.spyOn(conversations.filing, 'waitForSearchIndex')
    const imports: { server: StrictFolderServer; id: EmailAccountId }[] = []
    for (let n = 0; n < 17; n++) {
      const server = new StrictFolderServer()
      deliverMany(server, 11)
      imports.push({ server, id: (await associate(nextAddress(), server.transport, { folders: ['inbox'] })).id })
    }
    const pagesTold = () => imports.reduce((sum, { server }) => sum + server.pagesTold, 0)
    await expect.poll(() => waits.mock.calls.length, WAIT).toBe(16)

    machineMs += 60 * 60_000
    for (const n of [1, 2]) {
      live.deliver({ remoteId: `new ${n}`, messageId: `new${n}@x` })
      await sync.wake(liveId)
      await expect.poll(async () => (await pictureOf(database, liveId)).length, WAIT).toBe(n)
    }
    expect(pagesTold()).toBe(16)

    held.resolve(undefined)
    await sync.settled()
    for (const { id } of imports) {
      expect(await emailAccounts.get(id)).toMatchObject({ state: 'connected', reason: undefined })
      expect(await pictureOf(database, id)).toHaveLength(11)
    }
  } finally {
    held.resolve(undefined)
    await sync.stop()
  }
})

it('an import of which every message fails is logged once, shows progress and ends visibly', async () => {
  const server = new StrictFolderServer()
  for (let n = 0; n < 25; n++) server.deliver({ remoteId: `poison ${n}`, messageId: `p${n}@x`, flags: [42 as never] })
  const lines: { level: number; count?: number; msg: string }[] = []
  const log = createLog({ destination: { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[0]) } })
  const stage = createStage(database, clock, transports, undefined, { log })
  const { id } = await stage.associate(nextAddress(), server.transport, { folders: ['inbox'] })
  await stage.sync.start()
  await stage.sync.settled()
  await stage.sync.stop()

  expect(await stage.emailAccounts.importProgress(id)).toEqual({ imported: 0, aboutTotal: 0, done: true })
  expect(await stage.sync.unfiledCount(id)).toBe(25)
  expect((await stage.emailAccounts.get(id)).state).toBe('connected')
  // Three pages of ten.
  expect(count(await eventsOf(id), 'email_account.import_progressed')).toBe(3)
  expect(lines.filter(({ level }) => level > 30)).toMatchObject([
    { count: 10, msg: 'Messages could not be stored', remoteIds: { length: 5 } },
  ])
})
