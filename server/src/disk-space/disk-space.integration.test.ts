import { spawnSync } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createDatabase, type Database } from '../database/index.ts'
import { createTestClock, createTestIncidents, silentLog, testDatabase } from '../../test/kit/index.ts'
import { createDiskSpace, type DiskSpace, type WatchedVolume } from './index.ts'

const isRoot = process.getuid!() === 0
const MB = 1024 * 1024

const database = await testDatabase()
const clock = createTestClock()
const { incidents, close } = createTestIncidents(database, clock)
const top = mkdtempSync(join(tmpdir(), 'postkey-disk-space-'))
const mounted: string[] = []
let started: DiskSpace | undefined

afterEach(async () => {
  await started?.stop()
  await database.pool.query('TRUNCATE incidents, installation_troubles CASCADE')
})
afterAll(async () => {
  await close()
  for (const path of mounted) run('umount', [path])
  rmSync(top, { recursive: true })
})

describe('a folder on a small disk', () => {
  it.skipIf(!isRoot)(
    'opens an incident before it is full, then refuses new messages, and recovers by itself (skipped unless root: mounts a file system)',
    async () => {
      const path = mount('folder', 40 * MB)
      const space = watch([{ path, content: 'data folder' }])
      await look(space)
      expect(await open()).toEqual([])

      fill(path, 37 * MB)
      await look(space)
      expect(await open()).toMatchObject([{ code: 'disk_space.low', cause: 'installation', server: 'mail-1' }])
      expect((await open())[0]!.detail).toMatch(
        /^3\.\d MB of 42 MB are free in \S+ \(data folder\)\. Below 2\.1 MB, new/,
      )
      space.require()

      fill(path, 40 * MB)
      await look(space)
      expect(() => space.require()).toThrow(expect.objectContaining({ code: 'disk_space.low' }))
      expect((await open())[0]!.detail).toMatch(/are refused until 3\.1 MB are free\.$/)

      fill(path, 38 * MB)
      await look(space)
      expect(() => space.require()).toThrow()
      fill(path, 1 * MB)
      await look(space)
      space.require()
      expect(await open()).toEqual([])
    },
  )

  it("keeps its last level when it can't be measured", async () => {
    const disk = { isGone: false }
    const space = watch([{ path: '/data', content: 'data folder' }], () =>
      disk.isGone ? Promise.reject(new Error('gone')) : Promise.resolve({ freeBytes: 0, totalBytes: MB }),
    )
    await look(space)
    disk.isGone = true
    await look(space)
    expect(() => space.require()).toThrow()
    expect(await open()).toHaveLength(1)
  })

  it('is reported as low on space only while its server lives', async () => {
    const space = watch([{ path: '/data', content: 'data folder' }], () =>
      Promise.resolve({ freeBytes: 0, totalBytes: MB }),
    )
    await look(space)
    clock.advance(9 * 60_000)
    await look(space)
    clock.advance(9 * 60_000)
    await incidents.look()
    expect(await open()).toHaveLength(1)
    clock.advance(2 * 60_000)
    await incidents.look()
    expect(await open()).toEqual([])
  })
})

describe('the disk of PostgreSQL', () => {
  it.skipIf(!isRoot || process.env.POSTKEY_TEST_DATABASE_URL)(
    'causes refusals and an incident once a statement fails on it, until PostgreSQL can write again (skipped unless root with a PostgreSQL of its own: mounts a file system)',
    async () => {
      const path = mount('tablespace', 4 * MB)
      const { rows } = await database.pool.query<{ data_directory: string }>('SHOW data_directory')
      const owner = statSync(rows[0]!.data_directory)
      chmodSync(top, 0o711)
      chownSync(path, owner.uid, owner.gid)
      const name = `postkey_small_${process.pid}`
      await database.pool.query(`CREATE TABLESPACE ${name} LOCATION '${path}'`)
      // Temporary tables of this connection are stored on the small disk.
      const small = await createDatabase(urlWith(database.url, `-c temp_tablespaces=${name}`), { log: silentLog })
      const space = watch([], undefined, small)
      space.start()
      await look(space)
      space.require()

      await small.pool.query(`CREATE TABLE filler (text text) TABLESPACE ${name}`)
      const filling = sql`INSERT INTO filler SELECT md5(n::text) FROM generate_series(1, 200000) AS n`
      await expect(filling.execute(small.db)).rejects.toMatchObject({ code: 'database.disk_full' })
      expect(() => space.require()).toThrow(expect.objectContaining({ code: 'disk_space.low' }))
      await look(space)
      expect(await open()).toMatchObject([
        { code: 'database.disk_full', cause: 'installation', server: 'This installation' },
      ])

      await small.pool.query('DROP TABLE filler')
      run('mount', ['-o', `remount,size=${64 * MB}`, path])
      await look(space)
      space.require()
      expect(await open()).toEqual([])
      await small.close()
      await database.pool.query(`DROP TABLESPACE ${name}`)
    },
  )
})

function watch(
  folders: readonly WatchedVolume[],
  spaceOf?: () => Promise<{ freeBytes: number; totalBytes: number }>,
  at: Database = database,
): DiskSpace {
  started = createDiskSpace({
    ...{ database: at, clock, log: silentLog, installation: incidents.installation, server: 'mail-1', folders },
    ...(spaceOf && { spaceOf }),
  })
  return started
}

async function look(space: DiskSpace): Promise<void> {
  await space.look()
  await incidents.look()
}

async function open() {
  const found = await incidents.list({ state: 'open', emailAccountIds: 'all', limit: 10 })
  return found.incidents.map(({ reason, cause, subject, detail }) => ({
    code: reason.code,
    cause,
    server: subject.name,
    detail,
  }))
}

function mount(name: string, sizeBytes: number): string {
  const path = join(top, name)
  mkdirSync(path)
  run('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', path])
  mounted.push(path)
  return path
}

/** Writes `bytes` in all, or as many as fit. */
function fill(path: string, bytes: number): void {
  rmSync(join(path, 'filler'), { force: true })
  try {
    writeFileSync(join(path, 'filler'), Buffer.alloc(bytes))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

function urlWith(url: string, options: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}options=${encodeURIComponent(options)}`
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program}: ${stderr}`)
}
