import { sql } from 'kysely'
import { describe, expect, it, vi } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import { newId, type EmailAccountId } from '../kernel/ids.ts'
import { ADVISORY_LOCK_CLASSES, createDatabase, type Database } from '../database/index.ts'
import { testDatabase, WAIT } from '../../test/kit/index.ts'
import { createEvents, type EventKind, type Events, type NewEvent, type StoredEvent } from './index.ts'

const database = await testDatabase()
const at = new Date('2026-01-01T00:00:00Z')

function event(subjectId: string, more: { emailAccountId?: EmailAccountId; kind?: EventKind } = {}): NewEvent {
  return { kind: 'message.received', subjectId, payload: { subjectId }, at, ...more } as unknown as NewEvent
}

/** Subscribes and returns the received events, with a function that waits for them. */
async function listener(events: Events, after?: number) {
  const heard: StoredEvent[] = []
  let arrived = Promise.withResolvers<undefined>()
  const stop = await events.subscribe({ emailAccountIds: 'all', after }, (one) => {
    heard.push(one)
    arrived.resolve(undefined)
    arrived = Promise.withResolvers()
  })
  async function until(count: number): Promise<string[]> {
    while (heard.length < count) await arrived.promise
    return heard.map(({ subjectId }) => subjectId)
  }
  return { heard, until, stop }
}

function append(on: Database, events: Events, ...subjectIds: string[]): Promise<void> {
  return on.transaction(async (tx) => {
    for (const subjectId of subjectIds) await events.append(tx, event(subjectId))
  })
}

describe('events', () => {
  it('are delivered again to a listener whose database access failed for a moment', async () => {
    const events = createEvents(database)
    const heard: string[] = []
    const ended = Promise.withResolvers<unknown>()
    let failures = 2
    const all = Promise.withResolvers<undefined>()
    await events.subscribe(
      { emailAccountIds: 'all' },
      ({ subjectId }) => {
        if (subjectId === 'first' && failures-- > 0) throw new AppError('database.too_slow')
        if (heard.push(subjectId) === 2) all.resolve(undefined)
      },
      ended.resolve,
    )
    await append(database, events, 'first', 'second')

    await expect(Promise.race([all.promise, ended.promise])).resolves.toBeUndefined()
    expect(heard).toEqual(['first', 'second'])
    await events.close()
  })

  it('exist only when the transaction that appended them commits', async () => {
    const events = createEvents(database)
    const before = await events.list({ emailAccountIds: 'all', limit: 500 })

    await append(database, events, 'kept')
    const lost = database.transaction(async (tx) => {
      await events.append(tx, event('rolled back'))
      throw new TypeError('changed my mind')
    })

    await expect(lost).rejects.toThrow('changed my mind')
    const { events: now } = await events.list({ emailAccountIds: 'all', after: before.events.at(-1)?.id })
    expect(now.map(({ subjectId }) => subjectId)).toEqual(['kept'])
    expect(now[0]).toMatchObject({ kind: 'message.received', payload: { subjectId: 'kept' }, at })
  })

  it('are listed in consecutive pages', async () => {
    const events = createEvents(database)
    const start = (await events.list({ emailAccountIds: 'all', limit: 500 })).events.at(-1)?.id ?? 0
    await append(database, events, 'p1', 'p2', 'p3')

    const first = await events.list({ emailAccountIds: 'all', after: start, limit: 2 })
    const second = await events.list({ emailAccountIds: 'all', after: first.next, limit: 2 })

    expect([...first.events, ...second.events].map(({ subjectId }) => subjectId)).toEqual(['p1', 'p2', 'p3'])
    expect([first.more, second.more]).toEqual([true, false])
    expect(second.next).toBe(await events.position())
  })

  it('are visible only with access to their email account, and those without an account only with access to all', async () => {
    const events = createEvents(database)
    const [mine, other] = [newId<EmailAccountId>(), newId<EmailAccountId>()]
    await database.transaction(async (tx) => {
      await events.append(tx, event('mine', { emailAccountId: mine }))
      await events.append(tx, event('other', { emailAccountId: other }))
      await events.append(tx, event('of the server'))
    })

    const seen = await events.list({ emailAccountIds: [mine] })
    expect(seen.events.map(({ subjectId }) => subjectId)).toEqual(['mine'])
    expect((await events.list({ emailAccountIds: [] })).events).toEqual([])
  })

  it('are filtered by kind, without delaying a listener by events of other kinds', async () => {
    const events = createEvents(database)
    const heard: string[] = []
    const stop = await events.subscribe({ emailAccountIds: 'all', kindLike: '%.state_changed' }, ({ subjectId }) => {
      heard.push(subjectId)
    })
    await append(database, events, 'mail')
    await database.transaction((tx) =>
      events.appendAll(tx, [event('more mail'), event('state', { kind: 'email_account.state_changed' })]),
    )
    await expect.poll(() => heard).toEqual(['state'])
    await stop()
    await events.close()
  })

  it('are read once for all listeners, each of which receives only what it subscribed to and may see', async () => {
    const readings: string[] = []
    const counted = database.db.withPlugin({
      transformQuery({ node }) {
        if (node.kind === 'SelectQueryNode') readings.push(node.kind)
        return node
      },
      transformResult: ({ result }) => Promise.resolve(result),
    })
    const events = createEvents({ ...database, db: counted })
    const [mine, other] = [newId<EmailAccountId>(), newId<EmailAccountId>()]
    const heard: Record<string, string[]> = { all: [], states: [], mine: [], mineAndStates: [] }
    const states = 'email_account.state_changed'
    const stops = await Promise.all([
      events.subscribe({ emailAccountIds: 'all' }, ({ subjectId }) => void heard.all!.push(subjectId)),
      events.subscribe({ emailAccountIds: 'all', kindLike: '%.state_changed' }, ({ subjectId }) => {
        heard.states!.push(subjectId)
      }),
      events.subscribe({ emailAccountIds: [mine] }, ({ subjectId }) => void heard.mine!.push(subjectId)),
      events.subscribe({ emailAccountIds: [mine], kindLike: states }, ({ subjectId }) => {
        heard.mineAndStates!.push(subjectId)
      }),
    ])
    // Each listener reads existing events by itself.
    await append(database, events, 'first')
    await expect.poll(() => heard.all).toEqual(['first'])
    readings.length = 0

    await database.transaction((tx) =>
      events.appendAll(tx, [
        event('of mine', { emailAccountId: mine }),
        event('of other', { emailAccountId: other }),
        event('state of mine', { emailAccountId: mine, kind: states }),
        event('state of other', { emailAccountId: other, kind: states }),
      ]),
    )

    await expect
      .poll(() => heard)
      .toEqual({
        all: ['first', 'of mine', 'of other', 'state of mine', 'state of other'],
        states: ['state of mine', 'state of other'],
        mine: ['of mine', 'state of mine'],
        mineAndStates: ['state of mine'],
      })
    await Promise.all(stops.map((stop) => stop()))
    expect(readings).toHaveLength(1)
    await events.close()
  })

  it('reach a listener in another process', async () => {
    const other = await createDatabase(database.url)
    const [here, there] = [createEvents(database), createEvents(other)]
    const { until } = await listener(there)

    await append(database, here, 'across')

    expect(await until(1)).toEqual(['across'])
    await there.close()
    await other.close()
  })

  it('reach a listener in id order when an earlier one commits later', async () => {
    const events = createEvents(database)
    const { until, heard, stop } = await listener(events)
    const written = Promise.withResolvers<undefined>()
    const mayCommit = Promise.withResolvers<undefined>()
    const slow = database.transaction(async (tx) => {
      await events.append(tx, event('slow'))
      written.resolve(undefined)
      await mayCommit.promise
    })
    await written.promise
    await append(database, events, 'quick')
    expect((await events.list({ emailAccountIds: 'all', limit: 500 })).events.at(-1)?.subjectId).not.toBe('quick')
    expect(heard).toEqual([])

    mayCommit.resolve(undefined)
    await slow

    expect(await until(2)).toEqual(['slow', 'quick'])
    await stop()
  })

  it('are not passed by a position that was being determined while their id was assigned', async () => {
    const events = createEvents(database)
    await append(database, events, 'earlier')
    const isReaderStopped = async () => {
      const { rows } = await sql`SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(database.db)
      return rows.length > 0
    }
    await database.transaction(async (tx) => {
      const before = await events.position()
      // The lock of a renamed sequence stops the reader at the sequence, and ends with the savepoint.
      await sql`SAVEPOINT renaming`.execute(tx)
      await sql`ALTER SEQUENCE events_id_seq RENAME TO renamed`.execute(tx)
      const position = events.position()
      await vi.waitUntil(isReaderStopped, WAIT)
      // The lock of an appending transaction (`begin_appending_events`) that is still open when the reader continues.
      const lock = sql`${sql.lit(ADVISORY_LOCK_CLASSES['events.append'])}, ${before}::int`
      await sql`SELECT pg_advisory_lock_shared(${lock}), nextval('renamed')`.execute(tx)
      try {
        await sql`ROLLBACK TO SAVEPOINT renaming`.execute(tx)
        expect(await position).toBe(before)
      } finally {
        await sql`SELECT pg_advisory_unlock_shared(${lock})`.execute(tx)
      }
    })
  })

  it('are not delayed forever by a transaction that is rolled back without a notification', async () => {
    const events = createEvents(database)
    const { until, stop } = await listener(events)
    const written = Promise.withResolvers<undefined>()
    const mayFail = Promise.withResolvers<undefined>()
    const failing = database.transaction(async (tx) => {
      await events.append(tx, event('never'))
      written.resolve(undefined)
      await mayFail.promise
      throw new TypeError('rolled back')
    })
    await written.promise
    const told = Promise.withResolvers<undefined>()
    const stopListening = await database.listen('events', () => told.resolve(undefined))
    await append(database, events, 'goes on')
    await told.promise
    // The listener was notified at the same time and has read by the time that others have read twice.
    for (let look = 0; look < 4; look++) await events.list({ emailAccountIds: 'all', limit: 500 })
    await stopListening()

    mayFail.resolve(undefined)
    await expect(failing).rejects.toThrow('rolled back')

    expect(await until(1)).toEqual(['goes on'])
    await stop()
  })

  it('are delivered later when they were appended while the connection was down', async () => {
    const events = createEvents(database)
    const { until, stop, heard } = await listener(events)
    await append(database, events, 'before')
    await until(1)
    await database.pool
      .query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      )
      .catch(() => undefined)

    await expect
      .poll(() =>
        append(database, events, 'away').then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
    await until(2)
    await stop()

    expect(heard.map(({ subjectId }) => subjectId)).toEqual(['before', 'away'])
  })

  it('continue for a listener whose reading was interrupted', async () => {
    let isBroken = false
    let interrupted = 0
    const broken = database.db.withPlugin({
      transformQuery({ node }) {
        if (!isBroken || node.kind !== 'SelectQueryNode') return node
        interrupted++
        throw new AppError('database.unavailable')
      },
      transformResult: ({ result }) => Promise.resolve(result),
    })
    const { until, stop } = await listener(createEvents({ ...database, db: broken }))
    isBroken = true
    await append(database, createEvents(database), 'in the dark')
    await expect.poll(() => interrupted).toBeGreaterThan(0)
    isBroken = false

    expect(await until(1)).toEqual(['in the dark'])
    await stop()
  })

  it('start for a listener after the id that it passes', async () => {
    const events = createEvents(database)
    await append(database, events, 'known', 'missed')
    const all = await events.list({ emailAccountIds: 'all', limit: 500 })
    const known = all.events.find(({ subjectId }) => subjectId === 'known')!

    const { until, stop } = await listener(events, known.id)

    expect(await until(1)).toEqual(['missed'])
    await stop()
  })

  it('are delivered exactly once to every listener under concurrent writes', async () => {
    const other = await createDatabase(database.url)
    const [here, there] = [createEvents(database), createEvents(other)]
    const listeners = await Promise.all([listener(here), listener(there)])

    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const [on, events] = n % 2 === 0 ? [database, here] : [other, there]
        await append(on, events, `a${n}`, `b${n}`)
      }),
    )

    for (const { until, heard } of listeners) {
      await until(120)
      expect(new Set(heard.map(({ subjectId }) => subjectId)).size).toBe(120)
      expect(heard.map(({ id }) => id)).toEqual(heard.map(({ id }) => id).sort((a, b) => a - b))
      expect(heard).toHaveLength(120)
    }
    await there.close()
    await here.close()
    await other.close()
  })
})
