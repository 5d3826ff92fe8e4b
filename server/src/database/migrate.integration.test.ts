import { sql } from 'kysely'
import type { Log } from '../kernel/log.ts'
import { afterAll, describe, expect, it } from 'vitest'
import { createTestClock, silentLog, testDatabase } from '../../test/kit/index.ts'
import { createDatabase, migrate, openCopySession, readMigrations, type Migration } from './index.ts'

const here = await testDatabase()
const there = await createDatabase(here.url, { log: silentLog })
afterAll(() => there.close())

const clock = createTestClock()
const own = (name: string, text: string): Migration => ({ name, text, checksum: text })

describe('the migration of a database', () => {
  it('changes nothing in a database that is up to date', async () => {
    expect(await migrate(here, clock)).toEqual([])
  })

  it('runs once when two processes start at the same time', async () => {
    const migrations = [...readMigrations(), own('9001_once.sql', 'CREATE TABLE once (); SELECT pg_sleep(0.05)')]

    const done = await Promise.all([migrate(here, clock, migrations), migrate(there, clock, migrations)])

    expect(done.flat()).toEqual(['9001_once.sql'])
  })

  it('rolls back a failed migration as a whole, keeps those before it, and can be retried', async () => {
    const before = [
      ...readMigrations(),
      own('9001_once.sql', 'CREATE TABLE once (); SELECT pg_sleep(0.05)'),
      own('9002_good.sql', 'CREATE TABLE good ()'),
    ]

    await expect(
      migrate(here, clock, [...before, own('9003_bad.sql', 'CREATE TABLE half (); SELECT 1 / 0')]),
    ).rejects.toMatchObject({ code: 'database.migration_failed', cause: { message: '9003_bad.sql' } })

    const { rows } = await sql<{ name: string }>`
      SELECT table_name AS name FROM information_schema.tables WHERE table_name IN ('good', 'half')`.execute(here.db)
    expect(rows).toEqual([{ name: 'good' }])
    expect(await migrate(here, clock, [...before, own('9003_bad.sql', 'CREATE TABLE whole ()')])).toEqual([
      '9003_bad.sql',
    ])
  })

  it('waits for a restore, however long it takes, until a signal, but not for another server', async () => {
    const migrations = [
      ...readMigrations(),
      own('9001_once.sql', 'CREATE TABLE once (); SELECT pg_sleep(0.05)'),
      own('9002_good.sql', 'CREATE TABLE good ()'),
      own('9003_bad.sql', 'CREATE TABLE whole ()'),
    ]
    const warned = Promise.withResolvers<unknown>()
    const log: Pick<Log, 'warn'> = { warn: (text: unknown) => warned.resolve(text) }
    const restore = await openCopySession(here.url)
    await restore.lock('migrations')

    const ending = new AbortController()
    const ended = migrate(there, clock, migrations, {
      log: { warn: () => ending.abort() },
      ...{ signal: ending.signal, stepMs: 20 },
    })
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' })

    const migrating = migrate(there, clock, migrations, { log, stepMs: 20 })
    expect(await warned.promise).toMatch(/being restored/)
    await restore.close()
    expect(await migrating).toEqual([])

    await here.withLock('migrations', async () => {
      await expect(migrate(there, clock, migrations, { waitMs: 20 })).rejects.toMatchObject({
        code: 'database.lock_busy',
      })
    })
  })

  it('refuses a database that is newer than the code', async () => {
    await expect(migrate(here, clock)).rejects.toMatchObject({ code: 'database.newer_than_code', remedy: 'admin' })
  })
})
