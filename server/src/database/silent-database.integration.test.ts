import { sql } from 'kysely'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { silentLog, startSilentProxy, testDatabase, WAIT } from '../../test/kit/index.ts'
import { createDatabase } from './index.ts'

/** Long enough for a busy machine, because they also apply to answers that must arrive. */
const LIMITS = { connectMs: 4_500, answerMs: 3_000, statementMs: 2_700, lockMs: 2_400, heartbeatMs: 900 }
/** Only the server's limits apply: a busy machine may answer late. */
const SERVER_LIMITS = { connectMs: 10_000, answerMs: 15_000, statementMs: 500, lockMs: 200, heartbeatMs: 5_000 }

const direct = await testDatabase()
const proxy = await startSilentProxy(direct.url)
const database = await createDatabase(proxy.url, { log: silentLog, maxConnections: 2, limits: LIMITS })
const patient = await createDatabase(direct.url, { log: silentLog, maxConnections: 1, limits: SERVER_LIMITS })
afterAll(() => Promise.all([database.close(), patient.close()]))
beforeEach(() => proxy.serveAgain())

const answers = () => sql<{ one: number }>`SELECT 1 AS one`.execute(database.db)
const UNAVAILABLE = { code: 'database.unavailable', remedy: 'wait' }

it('fails a query that PostgreSQL leaves unanswered on a live connection, and uses a new connection next', async () => {
  await answers()
  proxy.goSilent()
  await expect(answers()).rejects.toMatchObject(UNAVAILABLE)
  proxy.serveAgain()

  await expect(answers()).resolves.toMatchObject({ rows: [{ one: 1 }] })
  expect(database.pool.totalCount).toBe(1)
})

it('never returns a connection to the pool after a query of its transaction went unanswered', async () => {
  const lost = database.transaction(async (tx) => {
    await sql`SELECT 1`.execute(tx)
    proxy.goSilent()
    await sql`SELECT 2`.execute(tx)
  })
  await expect(lost).rejects.toMatchObject(UNAVAILABLE)
  expect(database.pool.totalCount).toBe(0)
})

it('frees all connections after silence, regardless of how many callers waited for them', async () => {
  const both = [database.db, database.db].map((db) => sql`SELECT 1`.execute(db))
  await Promise.all(both)
  proxy.goSilent()
  const results = await Promise.allSettled(Array.from({ length: 10 }, answers))
  expect(results.map(({ status }) => status)).toEqual(Array(10).fill('rejected'))
  for (const result of results) expect(result).toMatchObject({ reason: UNAVAILABLE })

  proxy.serveAgain()
  await expect(Promise.all(Array.from({ length: 10 }, answers))).resolves.toHaveLength(10)
})

it('discards idle connections together with one that went silent', async () => {
  await Promise.all([answers(), answers()])
  expect(database.pool.idleCount).toBe(2)
  proxy.goSilent()
  await expect(answers()).rejects.toMatchObject(UNAVAILABLE)
  expect(database.pool.totalCount).toBe(0)
  proxy.serveAgain()
  await expect(answers()).resolves.toBeDefined()
})

it('also limits pool queries of libraries', async () => {
  await database.pool.query('SELECT 1')
  proxy.goSilent()
  await expect(database.pool.query('SELECT 1')).rejects.toThrow('did not answer within 3000 ms')
})

it('gives up on a connection that PostgreSQL accepts but never greets', async () => {
  proxy.goSilent()
  await expect(createDatabase(proxy.url, { log: silentLog, limits: LIMITS })).rejects.toMatchObject(UNAVAILABLE)
})

it('lets the server cancel a slow statement, and keeps the connection', async () => {
  const pid = sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`
  const before = (await pid.execute(patient.db)).rows[0]!.pid
  await expect(sql`SELECT pg_sleep(5)`.execute(patient.db)).rejects.toMatchObject({
    code: 'database.too_slow',
    remedy: 'wait',
  })
  expect((await pid.execute(patient.db)).rows[0]!.pid).toBe(before)
})

it('gives more time to a transaction with a longer limit, and to no other', async () => {
  const long = patient.transaction((tx) => sql`SELECT pg_sleep(0.6)`.execute(tx), { limitMs: 5_000 })
  await expect(long).resolves.toBeDefined()
  await expect(patient.transaction((tx) => sql`SELECT pg_sleep(0.6)`.execute(tx))).rejects.toMatchObject({
    code: 'database.too_slow',
  })
})

it('gives up on a row that another transaction has locked', async () => {
  await sql`CREATE TABLE IF NOT EXISTS held (id int PRIMARY KEY)`.execute(direct.db)
  await sql`INSERT INTO held VALUES (1)`.execute(direct.db)
  await direct.transaction(async (tx) => {
    await sql`SELECT FROM held FOR UPDATE`.execute(tx)
    await expect(sql`DELETE FROM held`.execute(patient.db)).rejects.toMatchObject({ code: 'database.lock_busy' })
  })
})

it('receives notifications again after its connection went silent', async () => {
  const heard: (string | undefined)[] = []
  const stop = await database.listen('silence', (payload) => void heard.push(payload))
  proxy.goSilent()
  await vi.waitFor(() => expect(proxy.silencedCount).toBe(database.pool.totalCount), WAIT)
  proxy.serveAgain()
  await vi.waitFor(() => expect(heard).toEqual([undefined]), WAIT)

  await direct.notify(direct.db, 'silence', 'hello')
  await vi.waitFor(() => expect(heard).toEqual([undefined, 'hello']), WAIT)
  await stop()
})

it('loses its locks when the connection goes silent, notifies the holder, and can take them again', async () => {
  const lost = await database
    .withLock('silent', async (over) => {
      proxy.goSilent()
      await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }))
    })
    .catch((error: unknown) => error)
  expect(lost).toMatchObject({ code: 'database.lock_lost' })
  proxy.serveAgain()

  // The server releases the lock once the session has been idle for too long.
  await expect(database.withLock('silent', () => Promise.resolve('ours'), { waitMs: 40_000 })).resolves.toBe('ours')
})

describe('closing', () => {
  const listening = async (url: string) => {
    const other = await createDatabase(url, { log: silentLog, limits: LIMITS })
    await other.listen('ending', () => undefined)
    await other.tryLock('ending', () => Promise.resolve())
    return other
  }

  it('ends while PostgreSQL is silent, and reports it, also after the connection was lost', async () => {
    const disconnected = await listening(proxy.url)
    proxy.goSilent()
    await proxy.hangUp()
    const closings = [disconnected.close()]
    proxy.serveAgain()
    const connected = await listening(proxy.url)
    proxy.goSilent()
    closings.push(connected.close())
    const results = await Promise.allSettled(closings)
    for (const result of results) expect(result).toMatchObject({ reason: UNAVAILABLE })
  })

  it('succeeds after PostgreSQL has stopped, which ended its sessions', async () => {
    const stopped = await startSilentProxy(direct.url)
    const other = await listening(stopped.url)
    stopped.stop()
    await expect(other.close()).resolves.toBeUndefined()
  })
})
