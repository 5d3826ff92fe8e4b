import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { createDatabase, migrate } from '../../database/index.ts'
import { createRounds } from '../../kernel/rounds.ts'
import {
  createTestApp,
  createTestClock,
  silentLog,
  startOwnPostgres,
  storeEmailAccount,
  testDatabase,
  WAIT,
} from '../../../test/kit/index.ts'
import { createReadiness } from './readiness.ts'

const database = await testDatabase()
const clock = createTestClock()
let isEnding = false
const { ask, person } = await createTestApp(database, clock, { isEnding: () => isEnding })
const HOUR_MS = 60 * 60_000

describe.each(['GET /readyz', 'GET /healthz'])('%s', (at) => {
  afterEach(async () => {
    isEnding = false
    await database.pool.query('DELETE FROM email_accounts')
  })

  it('reports no read without mailboxes', async () => {
    expect(await ask(at)).toMatchObject({ status: 200, body: { status: 'ok', secondsSinceProof: null } })
  })

  it('uses the least recently read mailbox, even if all mailboxes fail, and ignores paused ones', async () => {
    for (const [state, hours] of [
      ['needs-admin', 3],
      ['degraded', 2],
      ['paused', 9],
    ] as const) {
      const { id } = await storeEmailAccount(database, clock)
      await database.pool.query('UPDATE email_accounts SET state = $2 WHERE id = $1', [id, state])
      await database.pool.query('UPDATE account_sync_states SET last_read_at = $2 WHERE email_account_id = $1', [
        id,
        new Date(clock.now().getTime() - hours * HOUR_MS),
      ])
    }
    expect((await ask(at)).body).toMatchObject({ secondsSinceProof: 3 * 3600 })
    clock.advance(HOUR_MS)
    expect((await ask(at)).body).toMatchObject({ secondsSinceProof: 4 * 3600 })
    expect((await ask('GET /metrics', { as: await person('admin') })).text).toContain(
      'postkey_seconds_since_proof 14400',
    )
  })

  it('returns a problem while the process is ending', async () => {
    isEnding = true
    expect(await ask(at)).toMatchObject({ status: 503, body: { code: 'http.ending' } })
    // Other requests are answered; a proxy sends the next ones elsewhere.
    expect(await ask('GET /livez')).toMatchObject({ status: 200, headers: { connection: 'close' } })
  })

  it('returns a problem when the database was built from other migrations', async () => {
    await database.pool.query("UPDATE migrations SET checksum = 'x' || checksum WHERE name LIKE '0001%'")
    try {
      expect(await ask(at)).toMatchObject({ status: 503, body: { code: 'database.migrations_differ' } })
    } finally {
      await database.pool.query("UPDATE migrations SET checksum = substr(checksum, 2) WHERE name LIKE '0001%'")
    }
  })

  it('stays ok when a newer version has migrated the database in a rolling upgrade', async () => {
    await database.pool.query("INSERT INTO migrations VALUES ('9999_later.sql', 'x', $1)", [clock.now()])
    try {
      expect(await ask(at)).toMatchObject({ status: 200 })
    } finally {
      await database.pool.query("DELETE FROM migrations WHERE name = '9999_later.sql'")
    }
  })
})

describe('GET /livez', () => {
  it('returns a problem once a recurring task was abandoned three times in a row', async () => {
    expect(await ask('GET /livez')).toMatchObject({ status: 200, body: { status: 'ok' } })
    const ends: (() => void)[] = []
    const rounds = createRounds({
      name: 'test.stuck',
      deadlineMs: 1,
      run: () => new Promise((resolve) => ends.push(resolve)),
      onError: () => undefined,
    })
    rounds.start()
    rounds.poke()
    while ((await ask('GET /livez')).status === 200) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await ask('GET /livez')).toMatchObject({
      status: 503,
      body: { code: 'kernel.stalled', detail: 'test.stuck' },
    })
    for (const end of ends) end()
    await rounds.stop()
    expect(await ask('GET /livez')).toMatchObject({ status: 200 })
  })
})

describe('with a frozen database', async () => {
  const postgres = await startOwnPostgres()
  const frozen = await createDatabase(postgres.url, { log: silentLog })
  await migrate(frozen, clock)
  const app = await createTestApp(frozen, clock)
  afterAll(async () => {
    postgres.thaw()
    await frozen.close()
  })
  afterEach(() => postgres.thaw())

  it('readiness returns a problem within its limit, liveness responds, and both recover', async () => {
    expect((await app.ask('GET /readyz')).status).toBe(200)
    postgres.freeze()
    const answers = await Promise.all([app.ask('GET /readyz'), app.ask('GET /healthz'), app.ask('GET /livez')])
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 200])
    for (const { body } of answers.slice(0, 2)) {
      expect(body).toMatchObject({ code: 'database.unavailable', detail: 'No answer within 2 s' })
    }
    postgres.thaw()
    await vi.waitFor(async () => expect((await app.ask('GET /readyz')).status).toBe(200), WAIT)
  })

  it('any number of probes use one connection', async () => {
    const check = createReadiness({ database: frozen, clock, isEnding: () => false, withinMs: 1_500 })
    await check()
    postgres.freeze()
    await Promise.allSettled(Array.from({ length: 50 }, check))
    expect(frozen.pool.totalCount).toBeLessThanOrEqual(2)
  })

  it('metrics report the outage within their limit, only to a key that was checked before, from the same address', async () => {
    const { id } = await app.person('admin')
    const scopes = ['admin:read'] as const
    const input = { name: 'monitor', scopes, emailAccountIds: 'all', allowedNetworks: ['127.0.0.1'] } as const
    const { key } = await app.rooms.people.apiKeys.create(input, id)
    const as = { authorization: `Bearer ${key.reveal()}` }
    expect((await app.ask('GET /metrics', { as })).status).toBe(200)
    postgres.freeze()
    const unknown = app.ask('GET /metrics', { as: { authorization: 'Bearer postkey_other' } })
    const elsewhere = app.ask('GET /metrics', { as, remoteAddress: '192.0.2.1' })
    const { status, text } = await app.ask('GET /metrics', { as })
    expect(status).toBe(200)
    expect(text).toContain('postkey_database_up 0')
    expect(text).toContain('postkey_rounds_abandoned')
    postgres.thaw()
    await vi.waitFor(
      async () => expect((await app.ask('GET /metrics', { as })).text).toContain('postkey_database_up 1'),
      WAIT,
    )
    expect((await unknown).status).not.toBe(200)
    expect((await elsewhere).status).not.toBe(200)
  })
})
