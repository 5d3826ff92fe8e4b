/** Shutdown of Postkey, started by npm as in production, on a real database. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { testDatabase, WAIT } from '../../server/test/kit/index.ts'
import { type CrashingPostgres, startCrashingPostgres } from './crashing-postgres.ts'
import { freePort } from '../../mail-servers/free-port.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
/** Docker's default. */
const KILLED_AFTER_MS = 10_000
const isRoot = process.getuid!() === 0

const top = mkdtempSync('/var/tmp/postkey-end-')
chmodSync(top, 0o711)
const database = await testDatabase()
const started: Running[] = []
afterEach(() => {
  for (const { tree } of started.splice(0)) for (const pid of tree()) process.kill(pid, 'SIGKILL')
})
afterAll(() => rmSync(top, { recursive: true, force: true }))

describe('npm run serve', { timeout: 120_000 }, () => {
  it.each([
    ['npm', 'SIGTERM', 0],
    ['npm', 'SIGHUP', null],
    ['npm', 'SIGKILL', null],
    ['node', 'SIGTERM', 0],
    ['node', 'SIGHUP', 0],
  ] as const)('ends in time when %s receives %s, and leaves no process behind', async (whom, signal, code) => {
    const serve = await startServe(database.url)
    const silent = await silentConnection(serve.port)
    process.kill(whom === 'npm' ? serve.npm.pid! : nodeOf(serve), signal)

    await untilGone(serve)

    expect(await serve.ended).toBe(code)
    expect(silent.destroyed || silent.readableEnded).toBe(true)
  })

  it.runIf(isRoot)('ends in time as process 1 of a container', async () => {
    const serve = await startServe(database.url, ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'])
    process.kill(childOf(serve.npm.pid!), 'SIGTERM')

    await untilGone(serve)
    expect(await serve.ended).toBe(0)
  })

  it('completes the request in progress before it ends', async () => {
    const serve = await startServe(database.url)
    const socket = connect(serve.port, 'localhost')
    await once(socket, 'connect')
    const body = JSON.stringify({ email: 'a@b.example', password: 'a wrong password' })
    const head = ['POST /v1/session HTTP/1.1', `Host: localhost:${serve.port}`, `Origin: ${serve.address}`]
    // The last byte is sent after the signal, so that the request is in progress.
    socket.write(
      `${[...head, 'Content-Type: application/json', `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body.slice(0, -1)}`,
    )
    await untilReadBy(serve)
    process.kill(serve.npm.pid!, 'SIGTERM')
    await refusesConnections(serve.port)
    socket.write(body.slice(-1))

    const [answer] = (await once(socket.setEncoding('utf8'), 'data')) as [string]

    expect(answer).toMatch(/^HTTP\/1\.1 401 /)
    await untilGone(serve)
    expect(await serve.ended).toBe(0)
  })

  it('ends in time with an error message when the database is frozen', async () => {
    const folder = join(top, 'frozen')
    const postgres = await startCrashingPostgres(folder)
    try {
      const serve = await startServe(postgres.url)
      signalPostgres(folder, 'SIGSTOP')
      process.kill(serve.npm.pid!, 'SIGTERM')

      await untilGone(serve)
      expect(await serve.ended).toBe(1)
      expect(serve.output()).toContain('database did not close in time')
    } finally {
      signalPostgres(folder, 'SIGCONT')
      await postgres.stop()
    }
  })

  it('ends at once while it waits for a missing database', async () => {
    const serve = startNpm(['run', 'serve'], serveEnv('postgresql://nobody@127.0.0.1:1/none', 1))
    await vi.waitUntil(() => serve.output().includes('Waiting for the database'), { timeout: 60_000 })
    process.kill(serve.npm.pid!, 'SIGTERM')

    await untilGone(serve)
    expect(serve.output().match(/Waiting for the database/g)).toHaveLength(1)
    expect(await serve.ended).toBe(0)
  })

  it('starts as soon as the database is available', async () => {
    const folder = join(top, 'late')
    let postgres: CrashingPostgres | undefined = await startCrashingPostgres(folder)
    const { url } = postgres
    await postgres.stop()
    postgres = undefined
    const port = await freePort()
    const serve = startNpm(['run', 'serve'], serveEnv(url, port))
    await vi.waitUntil(() => serve.output().includes('Waiting for the database'), { timeout: 60_000 })
    postgres = await startCrashingPostgres(folder)

    await vi.waitUntil(() => serve.output().includes('Postkey is at'), { timeout: 60_000 })

    process.kill(serve.npm.pid!, 'SIGTERM')
    await untilGone(serve)
    await postgres.stop()
  })
})

describe('npm start', { timeout: 180_000 }, () => {
  const folder = join(top, 'data')
  const env = { POSTKEY_DATA: folder, POSTKEY_KEY_FILE: join(top, 'config/keys') }

  it.each([
    ['npm', 'SIGTERM', 0],
    ['npm', 'SIGKILL', null],
    ['node', 'SIGTERM', 0],
  ] as const)('ends with its database and sandbox when %s receives %s', async (whom, signal, code) => {
    const start = await startAll(env, folder)
    process.kill(whom === 'npm' ? start.npm.pid! : nodeOf(start), signal)

    await untilGone(start)
    expect(await start.ended).toBe(code)
  })

  it('ends in time when its own database is frozen, and kills the database', async () => {
    const start = await startAll(env, folder)
    signalPostgres(folder, 'SIGSTOP')
    process.kill(start.npm.pid!, 'SIGTERM')

    await untilGone(start)
    expect(await start.ended).toBe(1)
    const log = readFileSync(join(folder, 'postkey.log'), 'utf8')
    expect(log).toContain('kernel.end_overdue')
    expect(overdueAfterMs(log)).toBeLessThan(KILLED_AFTER_MS)
  })

  it('responds with 90 file handles and 120 half-open connections, and keeps its PostgreSQL running', async () => {
    const start = await startAll(env, folder, ['prlimit', '--nofile=90:90'])
    const address = /Address +(\S+)/.exec(start.output())![1]!
    const sockets = await Promise.all(
      Array.from({ length: 120 }, () => silentConnection(Number(new URL(address).port))),
    )
    for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nHost: half-')

    for (let i = 0; i < 5; i++) expect((await fetch(`${address}/healthz`)).status).toBe(200)

    for (const socket of sockets) socket.destroy()
    const log = readFileSync(join(folder, 'postkey.log'), 'utf8')
    expect(log).toContain('The connection limit is reached')
    expect(log).not.toContain('PostgreSQL has ended')
    process.kill(start.npm.pid!, 'SIGTERM')
    await untilGone(start)
    expect(await start.ended).toBe(0)
  })

  it('leaves no process behind when it is ended during the start', async () => {
    const start = startNpm(['start'], env, folder)
    await vi.waitUntil(() => start.tree().some((pid) => commandOf(pid).includes('/bin/postgres')), { timeout: 60_000 })
    process.kill(start.npm.pid!, 'SIGTERM')

    await untilGone(start)
  })
})

interface Running {
  npm: ChildProcess
  /** Exit code; `null` after a signal. */
  ended: Promise<number | null>
  output: () => string
  /** All its processes, including npm. */
  tree: () => number[]
}

interface Serving extends Running {
  port: number
  address: string
}

function startNpm(words: string[], env: Record<string, string>, folder?: string, before: string[] = []): Running {
  const mark = randomUUID()
  const [program, ...rest] = [...before, 'npm', ...words] as [string, ...string[]]
  const npm = spawn(program, rest, {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: top, POSTKEY_TEST_TREE: mark, ...env },
  })
  let text = ''
  for (const stream of [npm.stdout, npm.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (text += part))
  const running = {
    npm,
    ended: once(npm, 'exit').then(([code]) => code as number | null),
    output: () => text,
    tree: () =>
      processes().filter(
        (pid) => fileOf(pid, 'environ').includes(mark) || (folder !== undefined && commandOf(pid).includes(folder)),
      ),
  }
  started.push(running)
  return running
}

function serveEnv(databaseUrl: string, port: number): Record<string, string> {
  mkdirSync(join(top, 'config'), { recursive: true })
  return {
    DATABASE_URL: databaseUrl,
    PUBLIC_URL: `http://localhost:${port}`,
    PORT: String(port),
    POSTKEY_KEY_FILE: join(top, `config/keys-${randomUUID()}`),
  }
}

async function startServe(databaseUrl: string, before?: string[]): Promise<Serving> {
  const port = await freePort()
  const env = serveEnv(databaseUrl, port)
  // All tests use one database, which is encrypted with a fixed key.
  if (databaseUrl === database.url) env['POSTKEY_KEY_FILE'] = join(top, 'config/keys')
  const running = startNpm(['run', 'serve'], env, undefined, before)
  await vi.waitUntil(() => running.output().includes('Postkey is at') || running.npm.exitCode !== null, {
    timeout: 60_000,
  })
  expect(running.output()).toContain('Postkey is at')
  return { ...running, port, address: `http://localhost:${port}` }
}

async function startAll(env: Record<string, string>, folder: string, before?: string[]): Promise<Running> {
  await choosePorts(folder)
  const running = startNpm(['start'], env, folder, before)
  await vi.waitUntil(() => running.output().includes('Ctrl-C') || running.npm.exitCode !== null, { timeout: 60_000 })
  expect(running.output()).toContain('Ctrl-C')
  return running
}

/**
 * Chooses free ports for the files in the data folder. Kept or default ports may be taken by another test between two
 * starts.
 */
async function choosePorts(folder: string): Promise<void> {
  mkdirSync(join(folder, 'sandbox'), { recursive: true })
  writeFileSync(join(folder, 'port'), `${await freePort()}\n`)
  const ports: Record<string, number> = {}
  for (const part of ['login', 'graph', 'portal', 'controlPanel', 'imap', 'smtp']) ports[part] = await freePort()
  writeFileSync(join(folder, 'sandbox/ports.json'), JSON.stringify(ports))
}

/** Resolves once all its processes have ended. The server ends by its own limit or says so.*/
async function untilGone({ tree, output }: Running): Promise<void> {
  try {
    await vi.waitUntil(() => tree().length === 0, WAIT)
  } catch (cause) {
    throw new Error(`${tree().map(commandOf).join('\n')} is left.\n${output()}`, { cause })
  }
}

/** Limit in milliseconds after which the server ended without its last part, by its own words; undefined if it did not. */
function overdueAfterMs(text: string): number | undefined {
  const [, ms] = /did not end within (\d+) ms/.exec(text) ?? []
  return ms === undefined ? undefined : Number(ms)
}

/** Process that runs Postkey: the child of npm, or the grandchild when npm's Node version was too old. */
function nodeOf({ tree }: Running): number {
  return tree()
    .filter((pid) => /(?:server\/src\/main|scripts\/start)\.ts/.test(commandOf(pid)))
    .at(-1)!
}

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])
}

function signalPostgres(folder: string, signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const pid of processes()) {
    const isPostgres = fileOf(pid, 'comm').startsWith('postgres')
    if (isPostgres && workingFolder(pid) === join(folder, 'postgres/data')) process.kill(pid, signal)
  }
}

function processes(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger)
}

function commandOf(pid: number): string {
  return fileOf(pid, 'cmdline').replaceAll('\0', ' ')
}

function fileOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}

function workingFolder(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

async function silentConnection(port: number) {
  const socket = connect(port, 'localhost').on('error', () => undefined)
  await once(socket, 'connect')
  socket.resume()
  return socket
}

/** Resolves once the server refuses new connections, which means that the signal has arrived. */
async function refusesConnections(port: number): Promise<void> {
  await vi.waitUntil(
    () =>
      new Promise<boolean>((resolve) => {
        const probe = connect(port, '127.0.0.1', () => {
          probe.destroy()
          resolve(false)
        })
        probe.on('error', () => resolve(true))
      }),
    WAIT,
  )
}

/** Waits until earlier requests have arrived: the server has answered a later request on another connection. */
async function untilReadBy({ address }: Serving): Promise<void> {
  await (await fetch(`${address}/healthz`)).text()
}
