import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createDatabase } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import { readGrantId } from '../../test/kit/index.ts'
import { createDatabaseWithStages } from '../../test/sync/database-with-stages.ts'
import { count, createStage, deliverMany, pictureOf, type Stage } from '../../test/sync/stage.ts'
import { StrictFolderServer } from '../../test/sync/strict-folder-server.ts'

const { database, clock, transports, nextAddress, stageHere, eventsOf } = await createDatabaseWithStages()

describe('an import', () => {
  it('files every message of the synced folders once, with visible progress', async () => {
    const server = new StrictFolderServer()
    deliverMany(server, 45)
    server.deliver({ remoteId: 's1', folderRemoteId: 'sent', from: { name: '', address: 'support@contoso.example' } })
    server.deliver({ remoteId: 'a1', folderRemoteId: 'archive' })
    server.folders[0]!.totalCount = 45
    const { sync, associate, emailAccounts } = stageHere()
    const progress: number[] = []
    const { id } = await associate(nextAddress(), server.transport)
    server.beforePage = async () => {
      progress.push((await emailAccounts.importProgress(id)).imported)
    }
    await sync.start()
    await sync.settled()

    const account = await emailAccounts.get(id)
    expect(account).toMatchObject({ state: 'connected', reason: undefined, completeUpTo: clock.now() })
    expect(await emailAccounts.importProgress(id)).toEqual({ imported: 46, aboutTotal: 46, done: true })
    // A page is requested while the previous one is stored.
    for (const page of [0, 1, 2, 3, 4]) expect(progress[page]).toBeGreaterThanOrEqual(10 * (page - 1))
    expect((await pictureOf(database, id)).map(({ remote_id }) => remote_id)).toHaveLength(46)
    expect(count(await eventsOf(id), 'message.imported')).toBe(46)
  })

  it('requests one page in advance while the previous one is stored', async () => {
    const server = new StrictFolderServer()
    deliverMany(server, 40)
    const { sync, associate } = stageHere()
    const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox'] })
    const hold = Promise.withResolvers<undefined>()
    const secondAsked = Promise.withResolvers<undefined>()
    let holding: Promise<unknown> | undefined
    server.beforePage = async (page) => {
      if (page === 2) secondAsked.resolve(undefined)
      if (page > 1 || holding) return
      // Storing a page waits for this promise.
      const isHeld = Promise.withResolvers<undefined>()
      holding = database.transaction(async (tx) => {
        await tx
          .selectFrom('folders')
          .innerJoin('folder_sync_states', 'folder_id', 'folders.id')
          .select('folder_id')
          .where('email_account_id', '=', id)
          .forUpdate()
          .execute()
        isHeld.resolve(undefined)
        await hold.promise
      })
      await isHeld.promise
    }
    await sync.start()
    try {
      await secondAsked.promise
      expect(await pictureOf(database, id)).toEqual([])
      await new Promise((resolve) => setTimeout(resolve, 300))
      expect(server.pagesTold).toBe(2)
    } finally {
      hold.resolve(undefined)
    }
    await holding
    await sync.settled()
    expect(await pictureOf(database, id)).toHaveLength(40)
  })

  it('files no message older than the import period', async () => {
    const server = new StrictFolderServer()
    server.deliver({ remoteId: 'old', receivedAt: new Date('2025-10-01T00:00:00Z') })
    server.deliver({ remoteId: 'young' })
    const { sync, associate } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    await sync.start()
    await sync.settled()
    // Graph later reports changes of the old message too.
    server.flag('old', { add: ['flagged'] })
    await sync.wake(id)
    await sync.settled()

    expect((await pictureOf(database, id)).map(({ remote_id }) => remote_id)).toEqual(['young'])
  })

  it('loses and duplicates nothing when all connections break at any page', async () => {
    const server = new StrictFolderServer()
    deliverMany(server, 300)
    const breaks = new Set(Array.from({ length: 3 }, () => randomInt(1, 31)))
    const { sync, associate } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    server.beforePage = (page) => {
      if (!breaks.delete(page)) return
      // During the writes of the last reported page.
      setTimeout(() => void breakConnections(), randomInt(0, 30))
    }
    await sync.start()
    await expect.poll(async () => (await goOn(sync)) && (await pictureOf(database, id)).length, WAIT).toBe(300)

    const events = await eventsOf(id)
    expect(count(events, 'message.imported')).toBe(300)
    expect(count(events, 'conversation.created')).toBe(300)
  })
})

const WAIT = { timeout: 25_000, interval: 50 }

/** Advances the clock past the backoff and does all due work. */
async function goOn(sync: Stage['sync']): Promise<boolean> {
  clock.advance(60_000)
  return sync.settled().then(
    () => true,
    () => false,
  )
}

async function breakConnections(): Promise<void> {
  await database.pool
    .query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'postkey%'`,
    )
    .catch(() => undefined)
}

describe('new mail', () => {
  it('writes one event, and keeps flags set by another client', async () => {
    const server = new StrictFolderServer()
    const { sync, associate, emailAccounts, conversations } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    await sync.start()
    await sync.settled()

    clock.advance(1000)
    const receivedAt = new Date(clock.now().getTime() + 500)
    for (let n = 0; n < 50; n++) server.deliver({ remoteId: `n${n}`, messageId: `n${n}@x`, receivedAt })
    for (let n = 0; n < 50; n += 2) server.flag(`n${n}`, { add: ['seen'] })
    clock.advance(1000)
    await sync.wake(id)
    await sync.settled()

    const picture = await pictureOf(database, id)
    expect(picture).toHaveLength(50)
    expect(picture.filter(({ unread }) => unread)).toHaveLength(25)
    expect(count(await eventsOf(id), 'message.received')).toBe(50)
    expect(server.all.filter(({ flags }) => flags.includes('seen'))).toHaveLength(25)
    expect((await emailAccounts.get(id)).lastReceivedAt).toEqual(receivedAt)
    const list = await conversations.reading.list({ emailAccountIds: [id], view: 'unassigned', limit: 200 })
    expect(list.conversations).toHaveLength(50)
  })

  it('counts as last sent mail if sent here, although its copy was filed before', async () => {
    const server = new StrictFolderServer()
    const { sync, associate, emailAccounts, conversations } = stageHere()
    const address = nextAddress()
    const { id } = await associate(address, server.transport)
    await sync.start()
    await sync.settled()

    clock.advance(1000)
    const receivedAt = clock.now()
    const from = { name: '', address }
    const copy = server.deliver({ remoteId: 'out', folderRemoteId: 'sent', messageId: 'out@x', from, receivedAt })
    const account = await emailAccounts.get(id)
    await database.transaction((tx) => conversations.filing.file(tx, account, copy))
    await sync.wake(id)
    await sync.settled()

    expect((await emailAccounts.get(id)).lastSentAt).toEqual(receivedAt)
    expect(count(await eventsOf(id), 'message.sent')).toBe(1)
  })

  it('wakes its account at once, and a wake-up during a run is not lost', async () => {
    const server = new StrictFolderServer()
    const { sync, associate } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    let once = true
    server.beforePage = async () => {
      if (!once) return
      once = false
      await sync.wake(id)
    }
    await sync.start()
    await sync.settled()
    expect(server.pagesTold).toBe(4)
  })
})

describe('moved mail', () => {
  it('between synced folders stays the same message', async () => {
    const server = new StrictFolderServer()
    server.deliver({ remoteId: 'm' })
    const { sync, associate } = stageHere()
    const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox', 'archive'] })
    await sync.start()
    await sync.settled()

    server.move('m', 'archive')
    await sync.wake(id)
    await sync.settled()
    server.move('m', 'inbox')
    await sync.wake(id)
    await sync.settled()

    expect(await pictureOf(database, id)).toMatchObject([{ remote_id: 'm', presence: 'present', message_count: 1 }])
    const events = await eventsOf(id)
    expect(count(events, 'message.imported') + count(events, 'message.received')).toBe(1)
    expect(events).not.toContain('message.removed')
  })

  it('to a folder that is not synced is elsewhere, and is deleted only if the server confirms it', async () => {
    const server = new StrictFolderServer()
    for (const remoteId of ['moved', 'deleted']) server.deliver({ remoteId, messageId: `${remoteId}@x` })
    const { sync, associate } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    await sync.start()
    await sync.settled()

    server.move('moved', 'archive')
    server.delete('deleted')
    await sync.wake(id)
    await sync.settled()

    expect(await pictureOf(database, id)).toMatchObject([
      { remote_id: 'deleted', presence: 'gone' },
      { remote_id: 'moved', presence: 'elsewhere' },
    ])
    expect(count(await eventsOf(id), 'message.removed')).toBe(1)
  })

  it('is gone when its folder is deleted, and the other folders continue', async () => {
    const server = new StrictFolderServer()
    server.deliver({ remoteId: 'm', folderRemoteId: 'archive' })
    const { sync, associate, emailAccounts } = stageHere()
    const { id } = await associate(nextAddress(), server.transport, { folders: ['inbox', 'archive'] })
    await sync.start()
    await sync.settled()

    server.deleteFolder('archive')
    server.deliver({ remoteId: 'new', messageId: 'new@x' })
    await sync.wake(id)
    await sync.settled()

    expect(await pictureOf(database, id)).toMatchObject([{ presence: 'gone' }, { remote_id: 'new' }])
    expect((await emailAccounts.get(id)).state).toBe('connected')
  })
})

describe('two sync workers', () => {
  it('never read a mailbox concurrently', async () => {
    const server = new StrictFolderServer()
    deliverMany(server, 60)
    const other = await createDatabase(database.url)
    const [one, two] = [stageHere(), createStage(other, clock, transports)]
    let [atOnce, most] = [0, 0]
    server.beforePage = async () => {
      most = Math.max(most, ++atOnce)
      await new Promise((resolve) => setTimeout(resolve, 5))
      atOnce--
    }
    const { id } = await one.associate(nextAddress(), server.transport)
    await Promise.all([one.sync.start(), two.sync.start()])
    await Promise.all([one.sync.settled(), two.sync.settled()])
    await two.sync.stop()
    await other.close()

    expect(most).toBe(1)
    expect(count(await eventsOf(id), 'message.imported')).toBe(60)
  })

  it('take over from a stalled worker, whose late writes are rejected', async () => {
    const server = new StrictFolderServer()
    deliverMany(server, 60)
    const other = await createDatabase(database.url)
    const [one, two] = [stageHere(), createStage(other, clock, transports)]
    const stands = Promise.withResolvers<undefined>()
    const continued = Promise.withResolvers<undefined>()
    server.beforePage = async (page) => {
      if (page !== 3) return
      stands.resolve(undefined)
      await continued.promise
    }
    const { id } = await one.associate(nextAddress(), server.transport)
    await one.sync.start()
    await stands.promise
    await expect.poll(async () => (await pictureOf(database, id)).length, WAIT).toBe(20)
    // Simulates PostgreSQL ending the connection of an unresponsive process.
    await database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'postkey locks'`,
    )
    await two.sync.start()
    await expect.poll(async () => (await two.emailAccounts.get(id)).state, WAIT).toBe('connected')
    const pages = server.pagesTold

    continued.resolve(undefined)
    await one.sync.settled()
    await two.sync.stop()
    await other.close()

    expect(server.pagesTold).toBe(pages)
    expect((await pictureOf(database, id)).length).toBe(60)
    expect(count(await eventsOf(id), 'message.imported')).toBe(60)
  })
})

describe('a failure', () => {
  it('in one mailbox affects only that mailbox, has a reason and a next try, and ends on success', async () => {
    const [bad, good] = [new StrictFolderServer(), new StrictFolderServer()]
    good.deliver({ remoteId: 'g' })
    const { sync, associate, emailAccounts } = stageHere()
    bad.beforePage = () => {
      throw new AppError('transports.unavailable')
    }
    const { id: badId } = await associate(nextAddress(), bad.transport)
    const { id: goodId } = await associate(nextAddress(), good.transport)
    await sync.start()
    await sync.settled()

    const failing = await emailAccounts.get(badId)
    expect(failing).toMatchObject({ state: 'degraded', reason: { code: 'transports.unavailable' }, attempts: 1 })
    expect(failing.nextTryAt!.getTime()).toBeGreaterThan(clock.now().getTime())
    expect((await emailAccounts.get(goodId)).state).toBe('connected')

    bad.beforePage = () => undefined
    clock.advance(20 * 60_000)
    await sync.settled()
    expect(await emailAccounts.get(badId)).toMatchObject({ state: 'connected', reason: undefined, attempts: 0 })
  })

  it.each([
    ['tokens.grant_ended', 'needs-sign-in'],
    ['transports.access_denied', 'needs-admin'],
  ] as const)('%s needs a person: %s', async (code, state) => {
    const server = new StrictFolderServer()
    server.beforePage = () => {
      throw new AppError(code)
    }
    const { sync, associate, emailAccounts } = stageHere()
    const account = await associate(nextAddress(), server.transport)
    await sync.start()
    await sync.settled()
    expect(await emailAccounts.get(account.id)).toMatchObject({ state, reason: { code } })

    server.beforePage = () => undefined
    await database.transaction((tx) => emailAccounts.grantRenewed(tx, readGrantId(account)))
    await sync.settled()
    expect((await emailAccounts.get(account.id)).state).toBe('connected')
  })

  it('is not retried before the time set by the server, even after a wake-up', async () => {
    const server = new StrictFolderServer()
    const retryAt = new Date(clock.now().getTime() + 30 * 60_000)
    server.beforePage = () => {
      throw new AppError('transports.throttled', { upstream: { status: 429, retryAt } })
    }
    const { sync, associate, emailAccounts } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    await sync.start()
    await sync.settled()
    const asked = server.pagesTold
    clock.advance(29 * 60_000)
    await sync.wake(id)
    await sync.settled()

    expect(server.pagesTold).toBe(asked)
    expect((await emailAccounts.get(id)).nextTryAt!.getTime()).toBeGreaterThanOrEqual(retryAt.getTime())
  })

  it('is not retried at once after a wake-up during the failing run', async () => {
    const server = new StrictFolderServer()
    const { sync, associate, emailAccounts } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    server.beforePage = async () => {
      await sync.wake(id)
      throw new AppError('transports.unavailable')
    }
    await sync.start()
    await sync.settled()

    expect(server.pagesTold).toBe(1)
    expect((await emailAccounts.get(id)).dueAt.getTime()).toBeGreaterThan(clock.now().getTime())
  })

  it('caused by one message sets it aside and stores the others', async () => {
    const server = new StrictFolderServer()
    deliverMany(server, 12)
    server.deliver({ remoteId: 'poison', messageId: 'p@x', flags: [42 as never] })
    const { sync, associate, emailAccounts } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    await sync.start()
    await sync.settled()

    expect(await pictureOf(database, id)).toHaveLength(12)
    expect((await emailAccounts.get(id)).state).toBe('connected')
    expect(count(await eventsOf(id), 'message.filing_failed')).toBe(1)
    expect(await sync.unfiledCount(id)).toBe(1)
  })

  it('caused by one message is retried after a pause, by a new process at once, and ends when it can be stored', async () => {
    const server = new StrictFolderServer()
    const receivedAt = new Date('2025-12-20T12:00:00Z')
    server.deliver({ remoteId: 'poison', messageId: 'p@x', flags: [42 as never], receivedAt })
    const first = createStage(database, clock, transports)
    const { id } = await first.associate(nextAddress(), server.transport)
    await first.sync.start()
    await first.sync.settled()
    await first.sync.wake(id)
    await first.sync.settled()
    expect(server.fetched).toBe(0)
    clock.advance(60 * 60_000)
    await first.sync.wake(id)
    await first.sync.settled()
    expect(server.fetched).toBe(1)
    await first.sync.stop()

    const { sync, emailAccounts, conversations } = stageHere()
    server.replace('poison', { flags: [] })
    await sync.wake(id)
    await sync.start()
    await sync.settled()

    expect(await pictureOf(database, id)).toMatchObject([{ remote_id: 'poison', presence: 'present' }])
    const { conversations: list } = await conversations.reading.list({ emailAccountIds: [id], view: 'all' })
    expect(list).toMatchObject([{ status: 'open', unread: true }])
    expect(await sync.unfiledCount(id)).toBe(0)
    expect((await emailAccounts.get(id)).state).toBe('connected')
  })

  it('is not caused by text that PostgreSQL rejects', async () => {
    const server = new StrictFolderServer()
    const odd = 'a\0b\ud800c'
    server.deliver({
      remoteId: 'odd',
      subject: odd,
      preview: odd,
      from: { name: odd, address: 'kim@customer.example' },
      body: { type: 'text', content: odd },
      references: [odd, 'x'.repeat(5000)],
    })
    const { sync, associate } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    await sync.start()
    await sync.settled()

    expect(await pictureOf(database, id)).toMatchObject([{ subject: 'a b\ufffdc' }])
  })
})

describe('a paused account', () => {
  it('is not synced until it is resumed', async () => {
    const server = new StrictFolderServer()
    const { sync, associate, emailAccounts } = stageHere()
    const { id } = await associate(nextAddress(), server.transport)
    await sync.start()
    await sync.settled()
    await emailAccounts.pause(id, 'admin')
    const asked = server.pagesTold
    server.deliver({ remoteId: 'm' })
    await sync.wake(id)
    clock.advance(3_600_000)
    await sync.settled()
    expect(server.pagesTold).toBe(asked)
    await expect(emailAccounts.transportOf(await emailAccounts.get(id))).rejects.toMatchObject({
      code: 'email_accounts.paused',
    })

    await emailAccounts.resume(id, 'admin')
    await sync.settled()
    expect((await pictureOf(database, id)).map(({ remote_id }) => remote_id)).toEqual(['m'])
  })
})
