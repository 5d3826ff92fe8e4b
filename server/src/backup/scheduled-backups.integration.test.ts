/** Scheduled backups of a real database into real folders. */
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase } from '../database/index.ts'
import { createTestApp, createTestClock, createTestIncidents, silentLog, testDatabase } from '../../test/kit/index.ts'
import {
  createBackup,
  createBackupWatch,
  createScheduledBackups,
  recordCommand,
  verifyBackup,
  type BackupSchedule,
} from './index.ts'
import { createInThread } from './create-in-thread.ts'
import type { ScheduledBackupsDeps } from './scheduled-backups.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const database = await testDatabase()
const clock = createTestClock()
const { incidents, close } = createTestIncidents(database, clock)
const { installation } = incidents
const top = mkdtempSync(join(tmpdir(), 'postkey-schedule-'))
let folder = top
afterAll(async () => {
  await close()
  rmSync(top, { recursive: true })
})
beforeEach(async () => {
  clock.set('2026-05-04T12:00:00Z')
  await database.pool.query('TRUNCATE backups, incidents, installation_troubles CASCADE')
  folder = mkdtempSync(join(top, 'folder-'))
})

function scheduled(changes: Partial<BackupSchedule> = {}, deps: Partial<ScheduledBackupsDeps> = {}) {
  const schedule: BackupSchedule = { folder, times: [120], keep: { backups: 2 }, recipients: [], ...changes }
  const watch = createBackupWatch({ database, clock, log: silentLog, installation, schedule, overdueMs: undefined })
  const backups = createScheduledBackups({
    ...{
      database,
      databaseUrl: database.url,
      clock,
      log: silentLog,
      version: '0.1.0',
      schedule,
      restoredAt: () => Promise.resolve(undefined),
      create: createBackup,
      onEnd: () => undefined,
    },
    ...deps,
  })
  return { look: () => backups.look(), start: () => backups.start(), stop: () => backups.stop(), watch }
}

const files = () => readdirSync(folder).sort()
async function openIncidents() {
  await incidents.look()
  const found = await incidents.list({ state: 'open', emailAccountIds: 'all', limit: 10 })
  return found.incidents.map(({ reason, cause, since, detail }) => ({ code: reason.code, cause, since, detail }))
}

describe('scheduled backups', () => {
  it('are made once at each time, and the first and a missed one at once', async () => {
    const { look } = scheduled()

    expect([await look(), await look()]).toEqual([true, false])
    expect(files()).toEqual(['postkey-20260504T120000Z.backup.zst'])
    clock.set('2026-05-05T01:59:00Z')
    expect(await look()).toBe(false)
    clock.set('2026-05-05T02:00:00Z')
    expect([await look(), await look()]).toEqual([true, false])
    clock.set('2026-05-08T09:00:00Z')
    expect([await look(), await look()]).toEqual([true, false])

    const { header } = await verifyBackup(join(folder, 'postkey-20260508T090000Z.backup.zst'))
    expect(header.createdAt).toBe('2026-05-08T09:00:00.000Z')
  })

  it('are made by one of several servers, and end with the lock of the server that makes them', async () => {
    const other = await createDatabase(database.url, { log: silentLog })
    const begun = Promise.withResolvers<unknown>()
    const first = scheduled(
      {},
      {
        create: (target, deps) =>
          createBackup(target, {
            ...deps,
            async onBegun() {
              await deps.onBegun!()
              begun.resolve(undefined)
              await once(deps.signal!, 'abort')
            },
          }),
      },
    )
    const second = scheduled({}, { database: other })

    const making = expect(first.look()).rejects.toMatchObject({ code: 'database.lock_lost' })
    await begun.promise
    expect(await second.look()).toBe(false)
    expect((await first.watch.status()).unfinished).toMatchObject({ madeBy: 'schedule', startedAt: clock.now() })
    await database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'postkey locks' AND datname = current_database()`,
    )
    await making
    expect((await second.watch.status()).failure).toMatchObject({ code: 'backup.interrupted' })
    expect(files()).toEqual([])

    clock.advance(15 * MINUTE_MS)
    expect(await second.look()).toBe(true)
    await other.close()
  })

  it('keep the given number, and delete only whole files that the schedule made', async () => {
    const { look } = scheduled()
    const made: string[] = []
    const foreign = ['postkey-20200101T000000Z.backup.zst', 'notes.txt']
    for (const name of foreign) writeFileSync(join(folder, name), 'x')
    const manual = join(folder, 'postkey-20260101T000000Z.backup.zst')
    writeFileSync(manual, 'x')
    await recordCommand(database.url, { path: manual, sizeBytes: 1 }, { startedAt: clock.now(), endedAt: clock.now() })
    for (let day = 0; day < 4; day++) {
      expect(await look()).toBe(true)
      made.push((await scheduled().watch.status()).complete!.path)
      // A damaged file takes the place of no whole one.
      if (day === 2) truncateSync(made[2]!, 10)
      clock.advance(DAY_MS)
    }

    expect(files()).toEqual([...foreign, manual, made[1]!, made[2]!, made[3]!].map((path) => basename(path)).sort())
  })

  it('keep those of the given days, and never delete the last whole one', async () => {
    const { look } = scheduled({ keep: { days: 2 } })
    await look()
    clock.advance(DAY_MS)
    await look()
    clock.advance(1.5 * DAY_MS)
    await look()
    expect(files()).toHaveLength(2)

    // The next ones fail, so the last one stays, however old it is.
    const failing = scheduled({ keep: { days: 2 } }, { create: () => Promise.reject(new Error('no')) })
    clock.advance(30 * DAY_MS)
    expect(await failing.look()).toBe(true)
    expect(files()).toHaveLength(2)
  })

  it('report why they failed, try again after 15 minutes, and open an incident that closes by itself', async () => {
    const missing = join(folder, 'missing')
    const { look, watch } = scheduled({ folder: missing })
    expect(await look()).toBe(true)
    await watch.look()

    expect((await watch.status()).failure).toMatchObject({ code: 'backup.write_failed' })
    const [incident] = await openIncidents()
    expect(incident).toMatchObject({ code: 'backup.overdue', cause: 'installation', since: clock.now() })
    expect(incident!.detail).toMatch(/^No backup was made yet\. The attempt of 2026-05-04 12:00 UTC .*ENOENT.*missing/)

    mkdirSync(missing)
    clock.advance(14 * MINUTE_MS)
    expect(await look()).toBe(false)
    clock.advance(MINUTE_MS)
    expect(await look()).toBe(true)
    await watch.look()
    expect(await openIncidents()).toEqual([])
    expect(await watch.status()).toMatchObject({ failure: undefined, isOverdue: false })
  })

  it('are overdue two hours after a missed time, even while one is running', async () => {
    const { look, watch } = scheduled()
    await look()
    clock.set('2026-05-05T13:59:00Z')
    await watch.look()
    expect(await openIncidents()).toEqual([])
    clock.set('2026-05-05T14:00:00Z')
    await database.pool.query(
      `INSERT INTO backups (id, made_by, server, started_at) VALUES (gen_random_uuid(), 'schedule', 'mail-2', $1)`,
      [clock.now()],
    )
    await watch.look()

    const [incident] = await openIncidents()
    expect(incident!.detail).toMatch(/^The last backup is of 2026-05-04 12:00 UTC .* running on mail-2 since/)
  })

  it('count as failed when their server was killed, whose unfinished file is deleted later', async () => {
    const killed = scheduled(
      {},
      {
        async create(_target, { onBegun }) {
          await onBegun!()
          throw new Error('killed')
        },
      },
    )
    await killed.look()
    await database.pool.query('UPDATE backups SET code = NULL, cause = NULL, ended_at = NULL')
    const partial = join(folder, '.postkey-20260504T120000Z.backup.zst.0123abcd.partial')
    const others = ['.postkey-20260504T120000Z.backup.zst.0123abce.partial', '.other.partial']
    for (const path of [partial, ...others.map((name) => join(folder, name))]) writeFileSync(path, 'half')
    utimesSync(partial, clock.now(), clock.now())
    utimesSync(join(folder, '.other.partial'), clock.now(), clock.now())
    utimesSync(join(folder, others[0]!), new Date('2026-05-04T13:10:00Z'), new Date('2026-05-04T13:10:00Z'))

    const { look, watch } = scheduled()
    clock.advance(MINUTE_MS)
    expect(await look()).toBe(false)
    expect((await watch.status()).failure).toMatchObject({ code: 'backup.interrupted' })
    clock.set('2026-05-04T13:15:00Z')
    expect(await look()).toBe(true)
    expect(files()).toEqual([...others, 'postkey-20260504T131500Z.backup.zst'].sort())
  })

  it('are complete when their server was killed after their file was, and are deleted later', async () => {
    const killed = scheduled({ keep: { backups: 1 } })
    await killed.look()
    const [name] = files()
    await database.pool.query('UPDATE backups SET path = NULL, size_bytes = NULL, ended_at = NULL')

    const { look, watch } = scheduled({ keep: { backups: 1 } })
    expect(await look()).toBe(false)
    expect((await watch.status()).complete).toMatchObject({ path: join(folder, name!), madeBy: 'schedule' })
    clock.advance(DAY_MS)
    expect(await look()).toBe(true)
    expect(files()).toEqual(['postkey-20260505T120000Z.backup.zst'])
  })

  it('are made, and overdue, although one was made by a clock that was ahead', async () => {
    clock.set('2027-05-04T12:00:00Z')
    await scheduled().look()
    clock.set('2026-05-04T12:00:00Z')
    const { look, watch } = scheduled({ keep: { backups: 1 } })
    expect([await look(), await look()]).toEqual([true, false])
    expect(files()).toEqual(['postkey-20260504T120000Z.backup.zst', 'postkey-20270504T120000Z.backup.zst'])
    clock.advance(2 * DAY_MS)
    expect(await watch.status()).toMatchObject({ isOverdue: true })
  })

  it('keep the files of the installation that was restored', async () => {
    const { look } = scheduled({ keep: { backups: 1 } })
    await look()
    clock.advance(DAY_MS)
    const restoredAt = clock.now()
    const restored = scheduled({ keep: { backups: 1 } }, { restoredAt: () => Promise.resolve(restoredAt) })
    for (let day = 0; day < 2; day++) {
      expect(await restored.look()).toBe(true)
      clock.advance(DAY_MS)
    }
    expect(files()).toEqual(['postkey-20260504T120000Z.backup.zst', 'postkey-20260506T120000Z.backup.zst'])
  })

  it('are overdue also beside a server that expects none', async () => {
    const { look, watch } = scheduled()
    await look()
    clock.advance(3 * DAY_MS)
    await watch.look()
    const other = createBackupWatch({
      ...{ database, clock, log: silentLog, installation, schedule: undefined, overdueMs: undefined },
    })
    await other.look()
    expect(await openIncidents()).toHaveLength(1)

    // The schedule was removed: nothing expects a backup any more.
    clock.advance(10 * MINUTE_MS)
    await other.look()
    expect(await openIncidents()).toEqual([])
  })

  it('are refused before they fill the disk', async () => {
    await recordCommand(database.url, { path: '/a', sizeBytes: 5e9 }, { startedAt: clock.now(), endedAt: clock.now() })
    clock.advance(DAY_MS)
    const { look, watch } = scheduled({}, { spaceOf: () => Promise.resolve(5_050_000_000) })

    expect(await look()).toBe(true)
    expect((await watch.status()).failure).toMatchObject({
      code: 'backup.no_space',
      cause: `5,050 MB are free in ${folder}, and the last backup took 5,000 MB`,
    })
    // With the real space of the folder.
    const recorded = { startedAt: clock.now(), endedAt: clock.now() }
    await recordCommand(database.url, { path: '/a', sizeBytes: Number.MAX_SAFE_INTEGER }, recorded)
    clock.advance(DAY_MS)
    const real = scheduled()
    expect(await real.look()).toBe(true)
    expect((await real.watch.status()).failure).toMatchObject({ code: 'backup.no_space' })
    expect(files()).toEqual([])
  })

  it('stop with the server, and leave no file', async () => {
    const stopping = Promise.withResolvers<unknown>()
    const { start, stop, watch } = scheduled(
      {},
      {
        // Its file is begun with its first row.
        create: (target, deps) => createBackup(target, { ...deps, onProgress: () => stopping.resolve(stop()) }),
      },
    )
    start()
    await stopping.promise

    expect((await watch.status()).failure).toMatchObject({ code: 'backup.interrupted' })
    expect(files()).toEqual([])
  })
})

describe('a backup in a thread', () => {
  const order = { databaseUrl: database.url, version: '0.1.0' }

  it('is whole, named by the time of its start, and begins when its start is recorded', async () => {
    const steps: string[] = []
    const onBegun = async () => void steps.push(...files())
    const written = await createInThread(folder, { ...order, at: clock.now(), onBegun })

    expect(steps).toEqual([])
    expect(files()).toEqual(['postkey-20260504T120000Z.backup.zst'])
    expect((await verifyBackup(written.path)).header.createdAt).toBe('2026-05-04T12:00:00.000Z')
    expect(written.content.tables.length).toBeGreaterThan(50)
  })

  it('fails with the error of the thread and its cause', async () => {
    const failure = createInThread(join(folder, 'missing/a'), order)

    await expect(failure).rejects.toMatchObject({ code: 'backup.write_failed', cause: { message: /ENOENT/ } })
  })

  it('leaves no file when its start can’t be recorded, or when it is stopped', async () => {
    const ending = new AbortController()
    const refused = createInThread(folder, { ...order, onBegun: () => Promise.reject(new Error('no')) })
    await expect(refused).rejects.toThrow('no')
    const onBegun = async () => ending.abort()
    const stopped = createInThread(folder, { ...order, onBegun, signal: ending.signal })
    await expect(stopped).rejects.toMatchObject({ code: 'database.unavailable' })

    expect(files()).toEqual([])
  })
})

describe('a backup of the command line', () => {
  it('counts for the age, which an admin sees in the API, in the metrics and by the doctor', async () => {
    const { ask, person, rooms } = await createTestApp(database, clock)
    const admin = await person('admin')
    expect((await ask('GET /v1/backup-status', { as: admin })).body).toEqual({ isOverdue: false })
    expect((await ask('GET /metrics', { as: admin })).text).not.toMatch(/^postkey_backup/m)
    const startedAt = clock.now()
    clock.advance(30_000)
    await recordCommand(database.url, { path: '/srv/a', sizeBytes: 1234 }, { startedAt, endedAt: clock.now() })

    expect((await rooms.people.audit.list({ limit: 1 }))[0]).toMatchObject({
      ...{ actor: 'cli', action: 'backup.created', at: clock.now(), detail: { path: '/srv/a', sizeBytes: 1234 } },
    })
    expect((await ask('GET /v1/backup-status', { as: admin })).body).toMatchObject({
      last: { madeBy: 'command', startedAt: '2026-05-04T12:00:00.000Z', path: '/srv/a', sizeBytes: 1234 },
    })
    const { text } = await ask('GET /metrics', { as: admin })
    expect(text).toContain(`postkey_backup_last_success_timestamp_seconds ${startedAt.getTime() / 1000}\n`)
    expect(text).toContain('postkey_backup_last_size_bytes 1234\n')
    expect(text).toContain('postkey_backup_last_duration_seconds 30\n')
    const { lines } = await rooms.doctor.examine()
    expect(lines.find(({ what }) => what === 'backup')).toMatchObject({ outcome: 'ok' })
  })

  it('is expected where its age is limited, from the installation on', async () => {
    const { rows } = await database.pool.query<{ at: Date }>('SELECT min(applied_at) AS at FROM migrations')
    const watch = createBackupWatch({
      ...{ database, clock, log: silentLog, installation, schedule: undefined, overdueMs: 26 * 60 * MINUTE_MS },
    })
    clock.set(new Date(rows[0]!.at.getTime() + 26 * 60 * MINUTE_MS))

    expect(await watch.status()).toMatchObject({ isOverdue: true, detail: 'No backup was made yet.' })
    await recordCommand(database.url, { path: '/a', sizeBytes: 1 }, { startedAt: clock.now(), endedAt: clock.now() })
    expect(await watch.status()).toMatchObject({ isOverdue: false })
  })
})
