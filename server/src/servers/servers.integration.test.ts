import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase, migrate } from '../database/index.ts'
import type { Incidents, PastTrouble } from '../incidents/index.ts'
import {
  countQueued,
  countUnread,
  createTestApp,
  createTestClock,
  silentLog,
  startOwnPostgres,
  storeEmailAccount,
  testDatabase,
} from '../../test/kit/index.ts'
import { formatTime } from './effect.ts'
import { createServers, type ServersDeps } from './index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-05-04T10:00:00Z')
const recorded: PastTrouble[] = []
let machineMs = 0
const counts = {
  countUnread: (before: Date) => countUnread(database.db, before),
  countQueued: (before: Date, most: number) => countQueued(database.db, before, most),
}

function server(changes: Partial<ServersDeps> = {}) {
  return createServers({
    database,
    clock,
    log: silentLog,
    version: '1.2.3',
    counts,
    installation: { record: async (trouble) => void recorded.push(trouble) },
    name: 'mail-1',
    pid: 100,
    isRunning: () => true,
    monotonic: () => machineMs,
    ...changes,
  })
}

function pass(ms: number): void {
  clock.advance(ms)
  machineMs += ms
}

beforeEach(async () => {
  recorded.splice(0)
  await database.pool.query('DELETE FROM servers; DELETE FROM email_accounts')
})

describe('the list of servers', () => {
  it('names each with its version and state, and the one that answers', async () => {
    const one = server()
    const two = server({ name: 'mail-2', pid: 200, version: '1.2.4' })
    await one.beat()
    pass(40_000)
    await two.beat()
    expect(await two.list()).toMatchObject([
      { name: 'mail-2', version: '1.2.4', pid: 200, state: 'running', isThis: true, lastSeenAt: clock.now() },
      { name: 'mail-1', version: '1.2.3', pid: 100, state: 'silent', isThis: false },
    ])
  })

  it('shows a properly stopped server for seven days, without an incident', async () => {
    const one = server()
    await one.start()
    await one.stop()
    const two = server({ pid: 200 })
    await two.beat()
    expect(await two.list()).toMatchObject([{ state: 'running' }, { state: 'stopped', endedAt: clock.now() }])
    pass(7 * 24 * 60 * 60_000 + 1)
    await two.beat()
    expect(await two.list()).toHaveLength(1)
    expect(recorded).toEqual([])
  })
})

describe('a killed server', () => {
  it('leaves an incident from its last heartbeat to its restart on the same host, with the effect', async () => {
    // Process id of a real process that was killed.
    const child = spawn('sleep', ['60'])
    await once(child, 'spawn')
    const before = server({ pid: child.pid! })
    await before.beat()
    const since = clock.now()
    child.kill('SIGKILL')
    await once(child, 'exit')
    await storeEmailAccount(database, clock)
    await database.pool.query('UPDATE account_sync_states SET last_read_at = $1', [since])

    pass(90_000)
    const after = createServers({
      database,
      clock,
      log: silentLog,
      version: '1.2.3',
      counts,
      name: 'mail-1',
      monotonic: () => machineMs,
      installation: { record: async (trouble) => void recorded.push(trouble) },
    })
    const restartedAt = clock.now()
    await after.beat()
    pass(15_000)
    await after.beat()
    await after.beat()
    expect(recorded).toEqual([
      {
        code: 'installation.server_vanished',
        server: 'mail-1',
        since,
        endedAt: restartedAt,
        detail: `Process ${child.pid}, version 1.2.3, last seen ${formatTime(since)}. 1 mailbox was not read from ${formatTime(since)} to ${formatTime(restartedAt)}; 0 outgoing messages stayed queued. No mail is lost: reading and sending continue where they stopped.`,
      },
    ])
    expect((await after.list()).map(({ state }) => state)).toEqual(['running', 'vanished'])
  })

  it('is detected by a server on another host after a minute without a heartbeat, regardless of clock changes', async () => {
    const one = server()
    const two = server({ name: 'mail-2', pid: 200 })
    await two.beat()
    await one.beat()
    pass(5_000)
    await two.beat()
    clock.advance(24 * 60 * 60_000)
    await two.beat()
    expect(recorded).toEqual([])
    machineMs += 60_000
    await two.beat()
    expect(recorded).toMatchObject([{ code: 'installation.server_vanished', server: 'mail-1' }])
    expect(recorded[0]!.detail).toContain('Other servers continued its work (mail-2).')
  })

  it("isn't reported while its heartbeats continue, even if another server has the same host name and process id", async () => {
    const one = server({ pid: 1 })
    const two = server({ pid: 1, isRunning: () => false })
    for (let beat = 0; beat < 20; beat++) {
      await one.beat()
      await two.beat()
      pass(5_000)
    }
    expect(recorded).toEqual([])
    expect((await two.list()).map(({ state }) => state)).toEqual(['running', 'running'])

    await two.beat()
    pass(15_000)
    await two.beat()
    expect(recorded).toMatchObject([{ code: 'installation.server_vanished', server: 'mail-1' }])
  })

  it('is listed as running again when it was only stalled', async () => {
    const one = server()
    const two = server({ name: 'mail-2', pid: 200 })
    await one.beat()
    await two.beat()
    machineMs += 60_000
    await two.beat()
    expect((await two.list()).map(({ state }) => state).sort()).toEqual(['running', 'vanished'])
    await one.beat()
    expect((await two.list()).map(({ state }) => state)).toEqual(['running', 'running'])
  })
})

describe('an admin', () => {
  it('finds the outage among the closed incidents, with start, end and effect', async () => {
    const { ask, person, rooms } = await createTestApp(database, clock)
    const { installation } = rooms.incidents as Incidents
    const admin = await person('admin')
    await server({ installation }).beat()
    const since = clock.now()
    pass(90_000)
    const restarted = server({ installation, pid: 200, isRunning: (pid) => pid === 200 })
    await restarted.beat()
    const closedAt = clock.now()
    pass(15_000)
    await restarted.beat()

    expect((await ask('GET /v1/incidents?state=closed', { as: admin })).body).toMatchObject({
      incidents: [
        {
          cause: 'installation',
          title: 'A Postkey server ended unexpectedly',
          since: since.toISOString(),
          closedAt: closedAt.toISOString(),
          forAdmins: {
            subject: { name: 'mail-1' },
            detail: expect.stringContaining('outgoing messages stayed queued') as string,
          },
        },
      ],
    })
    expect((await ask('GET /v1/servers', { as: admin })).body).toMatchObject({
      servers: [{ state: 'running' }, { state: 'vanished', endedAt: closedAt.toISOString() }],
    })
  })
})

describe('a database outage', async () => {
  const postgres = await startOwnPostgres()
  const limits = { connectMs: 4_500, answerMs: 3_500, statementMs: 3_400, lockMs: 3_300, heartbeatMs: 1_000 }
  const frozen = await createDatabase(postgres.url, { log: silentLog, limits })
  await migrate(frozen, clock)
  afterAll(async () => {
    postgres.thaw()
    await frozen.close()
  })

  beforeEach(() => frozen.pool.query('DELETE FROM servers'))

  it('leaves one incident from the first failed heartbeat to the next answer, kept in memory until it can be stored', async () => {
    let isRefusing = true
    const record = async (trouble: PastTrouble) => {
      if (isRefusing) throw new Error('away again')
      recorded.push(trouble)
    }
    const one = server({ database: frozen, installation: { record }, answerMs: 3_500 })
    await one.beat()
    postgres.freeze()
    pass(5_000)
    const since = clock.now()
    await expect(one.beat()).rejects.toMatchObject({ code: 'database.unavailable' })
    pass(40_000)
    await expect(one.beat()).rejects.toMatchObject({ code: 'database.unavailable' })
    postgres.thaw()
    const endedAt = clock.now()
    await expect(one.beat()).rejects.toThrow('away again')
    isRefusing = false
    pass(5_000)
    await one.beat()
    await one.beat()
    expect(recorded).toMatchObject([{ code: 'installation.database_away', since, endedAt }])
  })

  it('leaves no incident when short', async () => {
    const one = server({ database: frozen, answerMs: 3_500 })
    await one.beat()
    postgres.freeze()
    pass(14_000)
    await expect(one.beat()).rejects.toMatchObject({ code: 'database.unavailable' })
    postgres.thaw()
    await one.beat()
    expect(recorded).toEqual([])
  })
})
