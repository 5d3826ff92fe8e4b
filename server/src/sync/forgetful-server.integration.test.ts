import { describe, expect, it } from 'vitest'
import { createDatabaseWithStages } from '../../test/sync/database-with-stages.ts'
import { count, deliverMany, pictureOf } from '../../test/sync/stage.ts'
import { StrictFolderServer } from '../../test/sync/strict-folder-server.ts'

const { database, clock, nextAddress, stageHere, eventsOf } = await createDatabaseWithStages()

describe('a server that invalidates the cursor', () => {
  it('causes a silent read from the start, without events for stored mail; messages that left are detected', async () => {
    const server = new StrictFolderServer()
    deliverMany(server, 35)
    const { sync, associate, emailAccounts } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    await sync.start()
    await sync.settled()

    server.delete('m3')
    server.deliver({ remoteId: 'late', messageId: 'late@x', receivedAt: new Date(clock.now().getTime() + 1) })
    server.forget()
    await sync.wake(id)
    await sync.settled()

    const picture = await pictureOf(database, id)
    expect(picture).toHaveLength(36)
    expect(picture.filter(({ presence }) => presence === 'gone').map(({ remote_id }) => remote_id)).toEqual(['m3'])
    const events = await eventsOf(id)
    expect(count(events, 'message.imported')).toBe(35)
    expect(count(events, 'message.received')).toBe(1)
    expect(count(events, 'folder.resynced')).toBe(2)
    // Only the message not seen again is looked up.
    expect(server.fetched).toBe(1)
    expect((await emailAccounts.get(id)).state).toBe('connected')
  })

  it('during the import restarts the import', async () => {
    const server = new StrictFolderServer()
    deliverMany(server, 35)
    server.beforePage = (page) => {
      if (page === 3) server.forget()
    }
    const { sync, associate } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    await sync.start()
    await sync.settled()

    expect((await pictureOf(database, id)).every(({ presence }) => presence === 'present')).toBe(true)
    expect(count(await eventsOf(id), 'message.imported')).toBe(35)
  })
})

describe('a server that invalidates the cursor during a read from the start', () => {
  it('causes another read from the start, and messages that left in between are detected', async () => {
    const server = new StrictFolderServer()
    deliverMany(server, 35)
    const { sync, associate } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    await sync.start()
    await sync.settled()
    const first = server.pagesTold
    server.forget()
    server.beforePage = (page) => {
      if (page !== first + 2) return
      // The previous page contained it.
      server.delete('m34')
      server.forget()
    }

    await sync.wake(id)
    await sync.settled()

    const picture = await pictureOf(database, id)
    expect(picture.filter(({ presence }) => presence !== 'present')).toMatchObject([
      { remote_id: 'm34', presence: 'gone' },
    ])
  })

  it('repeatedly causes a silent pause, after which the folder is read to its end', async () => {
    const server = new StrictFolderServer()
    deliverMany(server, 35)
    const { sync, associate, emailAccounts } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    await sync.start()
    await sync.settled()
    const told = server.pagesTold
    server.beforePage = () => server.forget()

    await sync.wake(id)
    await sync.settled()
    await sync.wake(id)
    await sync.settled()

    expect(server.pagesTold - told).toBeLessThan(20)
    expect((await emailAccounts.get(id)).state).toBe('connected')
    server.delete('m34')
    server.beforePage = () => undefined
    clock.advance(10 * 60_000)
    await sync.wake(id)
    await sync.settled()
    const picture = await pictureOf(database, id)
    expect(picture.filter(({ presence }) => presence !== 'present').map(({ remote_id }) => remote_id)).toEqual(['m34'])
    expect(await eventsOf(id)).not.toContain('email_account.failed')
  })

  it('also during the import causes an account failure if it persists', async () => {
    const server = new StrictFolderServer()
    deliverMany(server, 35)
    server.beforePage = () => server.forget()
    const { sync, associate, emailAccounts } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    await sync.start()
    await sync.settled()
    expect(server.pagesTold).toBeLessThan(30)
    expect((await emailAccounts.get(id)).state).toBe('importing')

    clock.advance(10 * 60_000)
    await sync.wake(id)
    await sync.settled()

    expect(await emailAccounts.get(id)).toMatchObject({
      state: 'degraded',
      reason: { code: 'transports.cursor_forgotten' },
    })
  })
})
