import { sql } from 'kysely'
import { Client } from 'pg'
import { afterAll, afterEach, expect, it, vi } from 'vitest'
import { silentLog, startOwnPostgres, WAIT } from '../../test/kit/index.ts'
import { createDatabase } from './index.ts'

/** Long enough for a busy machine, because they also apply to answers that must arrive. */
const LIMITS = { connectMs: 4_500, answerMs: 3_000, statementMs: 2_700, lockMs: 2_400, heartbeatMs: 900 }
const UNAVAILABLE = { code: 'database.unavailable', remedy: 'wait' }

const postgres = await startOwnPostgres()
const database = await createDatabase(postgres.url, { log: silentLog, maxConnections: 2, limits: LIMITS })
afterAll(() => database.close())
afterEach(() => postgres.thaw())

const answers = () => sql`SELECT 1`.execute(database.db)

it('fails within its limits while all of PostgreSQL is stopped (SIGSTOP), and recovers afterwards', async () => {
  await answers()
  postgres.freeze()
  await expect(answers()).rejects.toMatchObject(UNAVAILABLE)
  await expect(answers()).rejects.toMatchObject(UNAVAILABLE)
  postgres.thaw()
  await expect(answers()).resolves.toBeDefined()
})

it('continues on existing connections while the postmaster alone is stopped, and opens new ones afterwards', async () => {
  await answers()
  postgres.freeze({ backends: false })
  await expect(answers()).resolves.toBeDefined()
  const both = database.transaction(async (tx) => {
    await sql`SELECT 1`.execute(tx)
    await answers()
  })
  await expect(both).rejects.toMatchObject(UNAVAILABLE)
  postgres.thaw()
  await expect(Promise.all([answers(), answers()])).resolves.toHaveLength(2)
})

it('fails while PostgreSQL is out of connections (53300), and connects once one is free', async () => {
  await sql`CREATE ROLE limited LOGIN PASSWORD 'limited' CONNECTION LIMIT 1`.execute(database.db)
  const url = postgres.url.replace(/\/\/[^@]*@/, '//limited:limited@')
  const other = new Client({ connectionString: url })
  await other.connect()
  const refused = await createDatabase(url, { log: silentLog, limits: LIMITS }).catch((error: unknown) => error)
  expect(refused).toMatchObject({ ...UNAVAILABLE, cause: { code: '53300' } })
  await other.end()

  // The server counts a session slightly longer than its client does.
  const connected = await vi.waitFor(() => createDatabase(url, { log: silentLog, limits: LIMITS }), WAIT)
  await connected.close()
})
