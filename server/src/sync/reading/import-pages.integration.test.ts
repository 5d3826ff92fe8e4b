import { expect, it } from 'vitest'
import { createLog } from '../../kernel/log.ts'
import { createDatabaseWithStages } from '../../../test/sync/database-with-stages.ts'
import { count, createStage, deliverMany, pictureOf } from '../../../test/sync/stage.ts'
import { StrictFolderServer } from '../../../test/sync/strict-folder-server.ts'

const { database, clock, transports, nextAddress, eventsOf } = await createDatabaseWithStages()

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
