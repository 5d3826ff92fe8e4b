import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createDatabase, migrate, openCopySession, readMigrations } from '../database/index.ts'
import { ask, checksums, silentLog, WAIT, waitingFor } from '../../test/kit/index.ts'
import { changeTables, rewriteBackup } from '../../test/backup/rewrite-backup.ts'
import { codeOf, createBackupStage } from '../../test/backup/stage.ts'
import { withParameter } from '../../test/backup/stored-data.ts'
import type { RestoreDeps } from './index.ts'

const { clock, folder, source, target, backUp, ...stage } = await createBackupStage()
await source.pool.query(`SELECT append_event('a.b', NULL, 'saved', '{}', now())`)
const { path } = await backUp(join(folder, 'backup'))
const restore = (deps: Partial<RestoreDeps> = {}, file = path) => stage.restore(file, deps)
/** Another program with the application name of its URL. */
const connectOther = () => createDatabase(withParameter(target.url, 'application_name=acme'), { log: silentLog })

async function migrateTarget(): Promise<void> {
  const database = await createDatabase(target.url, { log: silentLog })
  await migrate(database, clock)
  await database.close()
}

describe('a restore', () => {
  it('never deletes what Postkey has not created', async () => {
    await migrateTarget()
    await ask(
      target.url,
      `CREATE TABLE customers (id int); CREATE VIEW newest AS SELECT max(id) FROM events; CREATE TYPE color AS ENUM ('red');
       CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$`,
    )
    const before = await checksums(target.url)
    for (const overwrite of [false, true]) {
      await expect(restore({ overwrite })).rejects.toMatchObject({
        code: 'backup.objects_unknown',
        cause: { message: 'It also has routine one(), table customers, type color, view newest' },
      })
    }
    expect(await checksums(target.url)).toEqual(before)
    await ask(target.url, 'DROP TABLE customers; DROP VIEW newest; DROP TYPE color; DROP FUNCTION one')

    await ask(target.url, `UPDATE migrations SET checksum = 'x' || checksum`)
    expect(await codeOf(restore({ overwrite: true }))).toBe('backup.objects_unknown')
    await ask(target.url, 'UPDATE migrations SET checksum = substr(checksum, 2)')
    // In another schema, it only prevents the removal of the table on which it depends.
    await ask(target.url, 'CREATE SCHEMA reports CREATE VIEW newest AS SELECT max(id) FROM public.events')
    expect(await codeOf(restore({ overwrite: true }))).toBe('backup.objects_unknown')
    expect(await ask(target.url, 'SELECT * FROM reports.newest')).toHaveLength(1)
    await ask(target.url, 'DROP SCHEMA reports CASCADE')
  })

  it('leaves the database as it was when a table is missing, a value is refused, or it is stopped', async () => {
    await migrateTarget()
    await ask(target.url, `SELECT append_event('a.b', NULL, 'former', '{}', now())`)
    const before = await checksums(target.url)
    const changed = join(folder, 'changed')
    const bytes = readFileSync(path)

    rewriteBackup(
      changed,
      bytes,
      changeTables(() => undefined, 'grants'),
    )
    expect(await codeOf(restore({ overwrite: true }, changed))).toBe('backup.damaged')
    const reversed = changeTables((table) => ({ ...table, columns: table.columns.toReversed() }), 'events')
    rewriteBackup(changed, bytes, reversed)
    await expect(restore({ overwrite: true }, changed)).rejects.toMatchObject({
      code: 'backup.load_failed',
      cause: { where: expect.stringContaining('COPY events, line 1') as string },
    })
    const ending = new AbortController()
    const stopped = restore({
      overwrite: true,
      signal: ending.signal,
      onProgress: ({ step, table }) => step === 'load' && table === 'events' && ending.abort(),
    })
    expect(await codeOf(stopped)).toBe('database.unavailable')

    expect(await checksums(target.url)).toEqual(before)
  })

  it('refuses a schema with a function of another program', async () => {
    await ask(target.url, 'CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$')
    expect(await codeOf(restore({ overwrite: true }))).toBe('backup.not_postkeys_database')
    expect(await ask(target.url, 'SELECT one()')).toEqual([{ one: 1 }])
  })

  it('refuses a database with any other connection', async () => {
    const other = await connectOther()
    expect(await codeOf(restore())).toBe('backup.database_in_use')
    await other.close()
    expect(await checksums(target.url)).toEqual({})
  })

  it('examines the database once no server migrates it', async () => {
    const other = await connectOther()
    let running: Promise<string> | undefined
    await other.withLock('migrations', async () => {
      running = codeOf(restore())
      await vi.waitUntil(async () => (await waitingFor(other, 'locks')) > 0, WAIT)
      await other.pool.query('CREATE TABLE customers (id int)')
    })
    await other.close()

    expect(await running).toBe('backup.not_postkeys_database')
    expect(Object.keys(await checksums(target.url))).toEqual(['customers'])
  })

  it('reports a failed upgrade as such, because the data is restored', async () => {
    const failing = { name: '9999_failing.sql', text: 'SELECT 1 / 0', checksum: '0'.repeat(64) }
    expect(await codeOf(restore({ migrations: [...readMigrations(), failing] }))).toBe('backup.restored_not_upgraded')
    expect(await ask(target.url, 'SELECT subject_id FROM events')).toEqual([{ subject_id: 'saved' }])
  })

  it('succeeds when it is stopped after its data is committed', async () => {
    const ending = new AbortController()
    const { isAnalyzed } = await restore({
      signal: ending.signal,
      onProgress: ({ step }) => step === 'analyze' && ending.abort(),
    })
    expect(isAnalyzed).toBe(false)
    expect(await ask(target.url, 'SELECT subject_id FROM events')).toEqual([{ subject_id: 'saved' }])
  })
})

describe('a connection for COPY', () => {
  it('has no time limits, regardless of the settings of the database', async () => {
    const [server] = await ask<{ version: number }>(
      target.url,
      `SELECT current_setting('server_version_num')::int AS version`,
    )
    const limits = ['idle_session_timeout', ...(server!.version >= 170_000 ? ['transaction_timeout'] : [])]
    const options = encodeURIComponent(limits.map((name) => `-c ${name}=60000`).join(' '))
    const session = await openCopySession(withParameter(target.url, `options=${options}`))
    for (const name of [...limits, 'statement_timeout']) {
      expect([name, ...(await session.query('SELECT current_setting($1) AS value', [name]))]).toEqual([
        name,
        { value: '0' },
      ])
    }
    await session.close()
  })
})
