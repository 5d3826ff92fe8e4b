import { describe, expect, it } from 'vitest'
import { createDatabaseWithStages } from '../../test/sync/database-with-stages.ts'
import { count, deliverMany, pictureOf } from '../../test/sync/stage.ts'
import { StrictFolderServer } from '../../test/sync/strict-folder-server.ts'

const { database, clock, nextAddress, stageHere, eventsOf } = await createDatabaseWithStages()

describe('a server that forgot the cursor', () => {
  it('is read again in silence: known mail is no news, and what left meanwhile is noticed', async () => {
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
    // Only the one that was not met again had to be asked for.
    expect(server.fetched).toBe(1)
    expect((await emailAccounts.get(id)).state).toBe('connected')
  })

  it('in the middle of the import begins it anew', async () => {
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

describe('a server that forgets in the middle of being read again', () => {
  it('is read from the start once more, and what left between the two is noticed', async () => {
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
      // It was met in the page before.
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

  it('again and again is left alone for a while without a word, and then read to its end', async () => {
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

  it('also while it is imported, and a mailbox in which it lasts is told of', async () => {
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
