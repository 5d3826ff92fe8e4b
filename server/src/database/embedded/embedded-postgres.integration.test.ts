import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { createLog } from '../../kernel/log.ts'
import { createDatabase } from '../database.ts'
import { BUILT_IN, installBinaries } from './binaries.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { ask, silentLog, WAIT, withClient } from '../../../test/kit/index.ts'
import { lockFolder } from './folder-lock.ts'
import { clearLeftLock, findPostmaster, stopPostmaster } from './postmaster.ts'
import { readRelease } from './postgres-release.ts'

/** Outside of temporary folders that only their owner may enter, because the tests check exactly that access. */
const top = mkdtempSync('/var/tmp/postkey-embedded-')
chmodSync(top, 0o711)
const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) await stopPostmaster(join(folder, 'postgres/data'))
  rmSync(top, { recursive: true, force: true })
})

const isRoot = process.getuid!() === 0
/** Runs a program with the processes and the network of another container. */
const CONTAINER = [
  ...['unshare', '--net', '--pid', '--fork', '--mount-proc', '--kill-child'],
  ...(isRoot ? [] : ['--user', '--map-current-user']),
]
const hasContainers = spawnSync(CONTAINER[0]!, [...CONTAINER.slice(1), 'true']).status === 0
const { bin } = installBinaries(top)
const BINARIES = dirname(bin)
let count = 0

describe('the embedded PostgreSQL', () => {
  it('starts on an empty folder, keeps its data, and is gone when stopped', async () => {
    const folder = emptyFolder()
    const first = await start(folder)
    await ask(first.url, "CREATE TABLE kept AS SELECT 'ü'::text AS word")
    expect(await releaseOf(first.url)).toEqual(BUILT_IN)
    await first.stop()
    expect(findPostmaster(dataOf(folder))).toBeUndefined()

    const second = await start(folder)
    expect(second.adopted).toBe(false)
    expect(await ask(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'ü' }])
    await second.stop()
  })

  it('is adopted by the next start after its parent was killed, and stopped by that one', async () => {
    const folder = newFolder()
    const first = await start(folder)
    await ask(first.url, 'CREATE TABLE kept AS SELECT 1 AS n')
    const { pid } = findPostmaster(dataOf(folder))!
    await first.kill()

    const second = await start(folder)
    expect(second).toMatchObject({ url: first.url, adopted: true })
    expect(findPostmaster(dataOf(folder))!.pid).toBe(pid)
    expect(await ask(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
    await second.stop()
    expect(findPostmaster(dataOf(folder))).toBeUndefined()
  })

  it('starts again after PostgreSQL and its parent were killed, and keeps committed data', async () => {
    const folder = newFolder()
    const first = await start(folder)
    await ask(first.url, 'CREATE TABLE kept AS SELECT 1 AS n')
    process.kill(findPostmaster(dataOf(folder))!.pid, 'SIGKILL')
    await first.kill()

    const second = await start(folder)
    expect(second.adopted).toBe(false)
    expect(await ask(second.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
    await second.stop()
  })

  it('restarts after a kill when kept running, and serves connections, locks and listeners again', async () => {
    const folder = newFolder()
    const log = createLog({ level: 'silent' })
    const postgres = await startEmbeddedPostgres({ dataFolder: folder, durable: false })
    const database = await createDatabase(postgres.url, { log })
    const { pid } = findPostmaster(dataOf(folder))!
    await database.withLock('before', () => Promise.resolve())
    let isBack = Promise.withResolvers<string | undefined>()
    await database.listen('news', (payload) => isBack.resolve(payload))
    postgres.keepRunning({ log, onGivenUp: isBack.reject })

    process.kill(pid, 'SIGKILL')

    // Listeners are notified that changes may have been missed, and then receive notifications again.
    expect(await isBack.promise).toBeUndefined()
    expect(findPostmaster(dataOf(folder))!.pid).not.toBe(pid)
    isBack = Promise.withResolvers()
    await database.transaction((tx) => database.notify(tx, 'news', 'again'))
    expect(await isBack.promise).toBe('again')
    expect(await database.withLock('after', () => Promise.resolve('held'))).toBe('held')
    expect(await database.tryLock('before', () => Promise.resolve('held'))).toEqual({ locked: true, result: 'held' })
    await database.close()
    await postgres.stop()
    expect(findPostmaster(dataOf(folder))).toBeUndefined()
  })

  it("doesn't mistake another program with its process id for PostgreSQL", async () => {
    const folder = newFolder()
    await (await start(folder)).stop()
    const { uid, gid } = statSync(dataOf(folder))
    // Owned by the same user, so that PostgreSQL alone would refuse to start beside it.
    const other = spawn('/bin/sleep', ['60'], { cwd: '/', ...(isRoot ? { uid, gid } : {}) })
    writeFileSync(join(dataOf(folder), 'postmaster.pid'), `${other.pid}\n${dataOf(folder)}\n1\n5432\n/tmp\n\n\nready\n`)

    expect(findPostmaster(dataOf(folder))).toBeUndefined()
    const second = await start(folder)
    expect(second.adopted).toBe(false)
    await second.stop()
    expect(other.exitCode).toBeNull()
    other.kill()
  })

  it("isn't considered ended by a process that is out of file handles", async () => {
    const folder = newFolder()
    const { stop } = await start(folder)
    const program = join(import.meta.dirname, '../../../test/database/embedded/exhausted-files.ts')
    const child = spawn('prlimit', ['--nofile=64:64', process.execPath, program, dataOf(folder)])
    const [output] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]

    expect(output).toBe('running EMFILE')
    await stop()
  })

  it('refuses to start on a copy of a folder whose PostgreSQL is running, and on data of another user', async () => {
    const folder = emptyFolder()
    const first = await start(folder)
    const copy = emptyFolder()
    cpSync(folder, copy, { recursive: true, filter: (file) => !file.endsWith('.s.PGSQL.5432') })

    await expect(startEmbeddedPostgres({ dataFolder: copy })).rejects.toMatchObject({
      code: 'database.folder_copied',
      cause: { message: expect.stringContaining(`is a copy of ${folder}`) as string },
    })

    expect(await ask(first.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
    await first.stop()
    if (!isRoot) return
    chownSync(dataOf(copy), 4242, 4242)
    await expect(startEmbeddedPostgres({ dataFolder: copy })).rejects.toMatchObject({
      code: 'database.folder_owner',
      cause: { message: expect.stringContaining('chown -R') as string },
    })
  })

  it('starts on a snapshot of a folder whose PostgreSQL works, with all committed rows, and reports it', async () => {
    const folder = emptyFolder()
    const first = await start(folder)
    await ask(first.url, 'CREATE TABLE counted (n integer PRIMARY KEY)')
    let committed = 0
    let isOver = false
    const writing = withClient(first.url, async (client) => {
      while (!isOver) {
        await client.query('INSERT INTO counted VALUES ($1)', [committed + 1])
        committed++
      }
    })
    await vi.waitUntil(() => committed > 20, WAIT)
    const copy = emptyFolder()
    const pids = processesOf(folder)
    // Nothing writes while the files are copied: a file system makes its snapshots like this.
    for (const pid of pids) process.kill(pid, 'SIGSTOP')
    const before = committed
    execFileSync('cp', ['-a', folder, copy])
    for (const pid of pids) process.kill(pid, 'SIGCONT')
    isOver = true
    await writing
    await first.stop()

    const second = await startEmbeddedPostgres({ dataFolder: copy })
    expect(second.copyOf).toBe(folder)
    const [found] = (await ask(second.url, 'SELECT count(*)::int AS n, max(n) AS last FROM counted')) as [
      { n: number; last: number },
    ]
    expect(found.n).toBe(found.last)
    expect(found.n).toBeGreaterThanOrEqual(before)
    await second.stop()
    // Known until it is acknowledged, although the stop removed the evidence.
    const third = await startEmbeddedPostgres({ dataFolder: copy })
    expect(third.copyOf).toBe(folder)
    third.acknowledgeCopy()
    await third.stop()
    const fourth = await startEmbeddedPostgres({ dataFolder: copy })
    expect(fourth.copyOf).toBeUndefined()
    await fourth.stop()
  })

  it('starts after being killed during its very first start', async () => {
    const folder = emptyFolder()
    const child = launch(folder)
    while (!exists(join(folder, 'postgres'))) await pause(5)
    await pause(150)
    child.kill('SIGKILL')
    await once(child, 'exit')

    const second = await start(folder)
    expect(await ask(second.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
    await second.stop()
  })

  it('belongs to one process at a time', async () => {
    const folder = newFolder()
    const first = await start(folder)

    expect(await refused(folder)).toMatchObject({ code: 'database.folder_in_use' })

    expect(await ask(first.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
    await first.stop()
  })

  it('is locked for other processes and not in a copy of the folder, until the lock is released', async () => {
    const [folder, copy] = [newFolder(), newFolder()]
    const release = await lockFolder(folder)
    writeFileSync(join(copy, 'lock'), '')

    expect(await lockFolder(folder)).toBeUndefined()
    for (const unlock of [release, await lockFolder(copy)]) unlock!()
    ;(await lockFolder(folder))!()
  })

  it('keeps the files of a PostgreSQL whose process is not visible, as long as it accepts connections', async () => {
    const folder = newFolder()
    mkdirSync(dataOf(folder), { recursive: true })
    const file = join(dataOf(folder), 'postmaster.pid')
    writeFileSync(file, `1\n${dataOf(folder)}\n1\n5432\n${folder}\n\n\nready\n`)
    const other = createServer().listen(join(folder, '.s.PGSQL.5432'))
    await once(other, 'listening')

    await expect(clearLeftLock(dataOf(folder), folder)).rejects.toMatchObject({ code: 'database.folder_in_use' })
    expect(exists(file)).toBe(true)

    other.close()
    await once(other, 'close')
    await clearLeftLock(dataOf(folder), folder)
    expect(exists(file)).toBe(false)
  })

  it.runIf(hasContainers)(
    'is joined by commands in another container with the volume, and never started twice',
    async () => {
      const folder = newFolder()
      const first = await start(folder)
      await ask(first.url, 'CREATE TABLE kept AS SELECT 1 AS n')

      const joined = await start(folder, { container: CONTAINER, verb: 'join' })
      expect(await ask(joined.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
      await joined.stop()
      expect(await refused(folder, { container: CONTAINER })).toMatchObject({ code: 'database.folder_in_use' })

      // Releases the lock of the folder, and leaves PostgreSQL running.
      await first.kill()
      expect(await refused(folder, { container: CONTAINER })).toMatchObject({ code: 'database.folder_in_use' })
      expect(await ask(first.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
      await stopPostmaster(dataOf(folder))
    },
  )

  it('is reachable only by a socket in a folder of its own, with a password', async () => {
    const folder = newFolder()
    const { url, stop } = await start(folder)

    expect(await ask(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '' }])
    expect(statSync(join(folder, 'postgres')).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'postgres-password')).mode & 0o777).toBe(0o600)
    await expect(ask(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(/password/)
    await stop()
  })

  it('puts the socket elsewhere when the data path is too long for a socket address', async () => {
    const folder = join(newFolder(), 'a'.repeat(120))
    folders.push(folder)
    const { url, stop } = await start(folder)

    expect(await ask(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
    const socketFolder = new URL(url.replace('@/', '@x/')).searchParams.get('host')!
    expect(socketFolder.length).toBeLessThan(90)
    expect(statSync(socketFolder).mode & 0o777).toBe(0o700)
    await stop()
    rmSync(socketFolder, { recursive: true })
  })

  it("reports PostgreSQL's own output when it doesn't start", async () => {
    const folder = newFolder()
    await (await start(folder)).stop()
    writeFileSync(join(dataOf(folder), 'postgresql.conf'), 'max_connections = none\n')

    expect(await refused(folder)).toEqual({
      code: 'database.start_failed',
      cause: expect.stringContaining('invalid value for parameter "max_connections"') as string,
    })
  })

  it('runs an installed PostgreSQL, on data of the same major version alone', async () => {
    const folder = emptyFolder()
    const place = join(top, 'installed')
    cpSync(BINARIES, place, { recursive: true, verbatimSymlinks: true })
    const installed = await startEmbeddedPostgres({ dataFolder: folder, binFolder: join(place, 'bin') })
    expect(installed.version).toBe(BUILT_IN.version)
    expect(await releaseOf(installed.url)).toEqual({ version: BUILT_IN.version, releasedOn: undefined })
    await installed.stop()
    expect(readdirSync(folder).filter((name) => name.startsWith('postgres-1'))).toEqual([])

    const other = fakeBinaries('postgres (PostgreSQL) 99.1 (Debian 99.1-1)')
    await expect(startEmbeddedPostgres({ dataFolder: folder, binFolder: other })).rejects.toMatchObject({
      code: 'database.other_version',
      cause: { message: 'The data is of 18, PostgreSQL here is 99' },
    })
    for (const unusable of [fakeBinaries('postgres (PostgreSQL) 15.3'), join(folder, 'none'), 'bin']) {
      await expect(startEmbeddedPostgres({ dataFolder: folder, binFolder: unusable })).rejects.toMatchObject({
        code: 'database.binaries_unusable',
        cause: { message: expect.stringContaining(unusable) as string },
      })
    }
  })

  it('leaves data of another major version unchanged', async () => {
    const folder = newFolder()
    await (await start(folder)).stop()
    writeFileSync(join(dataOf(folder), 'PG_VERSION'), '17\n')

    expect(await refused(folder)).toMatchObject({ code: 'database.other_version' })
  })

  describe.runIf(isRoot)('the embedded PostgreSQL started by root', () => {
    it('runs as an unprivileged user who owns the data', async () => {
      const folder = newFolder()
      const { stop } = await start(folder)

      const { uid } = statSync(dataOf(folder))
      expect(uid).not.toBe(0)
      const status = readFileSync(`/proc/${findPostmaster(dataOf(folder))!.pid}/status`, 'utf8')
      expect(status).toMatch(new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}`, 'm'))
      await stop()
    })

    // As root in a container without the capability to read the working folder of another user's process.
    it('is killed alone, beside another PostgreSQL of the same user, without CAP_SYS_PTRACE', async () => {
      // A separate user: a mistake must not kill the PostgreSQL of other tests.
      const daemon = { uid: 1, gid: 1 }
      const [killed, other] = [newFolder(), newFolder()]
      for (const folder of [killed, other]) chownSync(folder, daemon.uid, daemon.gid)
      const first = await start(killed, daemon)
      const { url, stop } = await start(other, daemon)
      const { pid } = findPostmaster(dataOf(killed))!
      const program = `import { killPostgres } from ${JSON.stringify(join(import.meta.dirname, 'postmaster.ts'))}
        import { readlinkSync } from 'node:fs'
        try { readlinkSync('/proc/${pid}/cwd') } catch (error) { process.stdout.write(error.code) }
        killPostgres(${JSON.stringify(dataOf(killed))})`
      const node = [process.execPath, '--input-type=module', '--eval', program]
      const child = spawn('setpriv', ['--bounding-set=-sys_ptrace', ...node], { stdio: ['ignore', 'pipe', 'inherit'] })
      const [output] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
      await once(child, 'exit')

      expect(output).toBe('EACCES')
      expect(await ask(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
      await expect.poll(() => findPostmaster(dataOf(killed))).toBeUndefined()
      await Promise.all([first.kill(), stop()])
    })

    it('names the folder that is closed to that user', async () => {
      const closed = emptyFolder()
      mkdirSync(closed, { mode: 0o700 })

      expect(await refused(join(closed, 'data'))).toEqual({
        code: 'database.folder_closed',
        cause: expect.stringContaining(closed) as string,
      })
    })
  })

  // As an ordinary user, in a checkout that other users can't enter.
  it.runIf(isRoot)('runs for an ordinary user whose home is closed to others', async () => {
    const home = emptyFolder()
    mkdirSync(home, { mode: 0o700 })
    const user = { uid: 65_534, gid: 65_534 }
    chownSync(home, user.uid, user.gid)
    const folder = join(home, 'checkout/data')
    folders.push(folder)

    const { url, stop } = await start(folder, user)

    expect(await ask(url, 'SELECT 1 AS n')).toEqual([{ n: 1 }])
    expect(statSync(dataOf(folder)).uid).toBe(user.uid)
    await stop()
  })
})

/** A new folder with the binaries of all tests: a copy of its own takes a second of the disk. */
function newFolder(): string {
  const folder = emptyFolder()
  mkdirSync(folder)
  chmodSync(folder, 0o711)
  symlinkSync(BINARIES, join(folder, basename(BINARIES)))
  return folder
}

async function releaseOf(url: string) {
  const database = await createDatabase(url, { log: silentLog })
  return readRelease(database.db).finally(() => database.close())
}

function emptyFolder(): string {
  const folder = join(top, String(++count))
  folders.push(folder)
  return folder
}

function dataOf(folder: string): string {
  return join(folder, 'postgres/data')
}

/** A folder whose `postgres` reports this version. */
function fakeBinaries(version: string): string {
  const folder = join(top, `bin-${++count}`)
  mkdirSync(folder)
  for (const name of ['postgres', 'initdb'])
    writeFileSync(join(folder, name), `#!/bin/sh\necho '${version}'\n`, { mode: 0o755 })
  return folder
}

/** All processes of the PostgreSQL of `folder`, which work in its data. */
function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return pid > 0 && readlinkSync(`/proc/${pid}/cwd`) === dataOf(folder)
      } catch {
        return false
      }
    })
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

interface Launch {
  uid?: number
  gid?: number
  container?: readonly string[]
  verb?: string
}

function launch(folder: string, { container = [], verb, ...user }: Launch = {}) {
  const program = join(import.meta.dirname, '../../../test/database/embedded/start.ts')
  const command = [...container, process.execPath, program, folder, ...(verb === undefined ? [] : [verb])]
  return spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/', ...user })
}

async function start(folder: string, options?: Launch) {
  const child = launch(folder, options)
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  const said = JSON.parse(line) as { url?: string; adopted?: boolean }
  if (said.url === undefined) throw new Error(line)
  const gone = once(child, 'exit')
  return {
    url: said.url,
    adopted: said.adopted,
    stop: async () => {
      child.stdin.end()
      await gone
    },
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function refused(folder: string, options?: Launch): Promise<unknown> {
  const [line] = (await once(launch(folder, options).stdout.setEncoding('utf8'), 'data')) as [string]
  return JSON.parse(line)
}
