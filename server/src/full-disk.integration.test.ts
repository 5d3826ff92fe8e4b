/** `serve` as a separate process, with its log on a full disk, and with a pipe that is not read. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from './kernel/clock.ts'
import { Secret } from './kernel/secret.ts'
import { createPeople } from './people/index.ts'
import { silentLog, testDatabase, testKeyRing, WAIT } from '../test/kit/index.ts'
import { freePort } from '../../mail-servers/free-port.ts'

const SERVER = join(import.meta.dirname, 'main.ts')
const NODE_24 = join(import.meta.dirname, '../../scripts/node-24.js')
const DISK_BYTES = 4 * 1024 * 1024
/** More log lines than the writer buffers: see `log-writer.ts`. */
const REQUESTS = 2000
const isRoot = process.getuid!() === 0

const database = await testDatabase()
const top = mkdtempSync(join(tmpdir(), 'postkey-full-disk-'))
const disk = join(top, 'disk')
let child: ChildProcess | undefined

beforeAll(() => {
  mkdirSync(disk)
  if (isRoot) run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk])
})
afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})
afterAll(() => {
  if (isRoot) run('umount', [disk])
  rmSync(top, { recursive: true })
})

describe('a server whose log is on a full disk', () => {
  const filler = join(disk, 'filler')
  const logFile = join(disk, 'log')

  it.skipIf(!isRoot)(
    'starts, answers without delay, counts dropped lines, opens an incident, and recovers once there is space (skipped unless root: mounts a file system)',
    { timeout: 60_000 },
    async () => {
      writeFileSync(logFile, '')
      fill(filler)
      const address = await serve(openSync(logFile, 'a'))
      await manyRefusedRequests(address)
      await answersWithoutDelay(address)
      const full = await metricsOf(address)
      expect(full.dropped).toBeGreaterThan(0)
      expect(full.openIncidents).toBe(1)

      rmSync(filler)
      await vi.waitFor(() => expect(readFileSync(logFile, 'utf8')).toMatch(/\d+ lines of the log were dropped/), WAIT)
      const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n')
      for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow()
      const report = lines.map((line) => JSON.parse(line) as { dropped?: number; reason?: string })
      // Lines can be dropped after the first count as well.
      const all = await metricsOf(address)
      expect(all.dropped).toBeGreaterThanOrEqual(full.dropped)
      expect(report.find(({ dropped }) => dropped !== undefined)).toMatchObject({
        dropped: all.dropped,
        reason: 'ENOSPC',
      })
      await vi.waitFor(async () => expect((await metricsOf(address)).openIncidents).toBe(0), WAIT)
      await endsOnRequest()
    },
  )

  it('starts and ends on request when its log accepts no data at all', { timeout: 60_000 }, async () => {
    const address = await serve(openSync('/dev/full', 'w'))
    expect((await fetch(`${address}/healthz`)).status).toBe(200)
    await endsOnRequest()
  })
})

describe('a server whose log is a pipe', () => {
  it('answers without delay and ends on request while the pipe is not read', { timeout: 60_000 }, async () => {
    const { reader, writer } = pipe('unread')
    const address = await serve(writer)
    await manyRefusedRequests(address)
    expect((await metricsOf(address)).dropped).toBeGreaterThan(0)
    await answersWithoutDelay(address)
    await endsOnRequest()
    closeSync(reader)
  })

  it('continues when the reader of the pipe has ended', { timeout: 60_000 }, async () => {
    const { reader, writer } = pipe('ended')
    const address = await serve(writer)
    closeSync(reader)
    await manyRefusedRequests(address)
    expect((await fetch(`${address}/healthz`)).status).toBe(200)
    expect((await metricsOf(address)).dropped).toBeGreaterThan(0)
    await endsOnRequest()
  })
})

/** A pipe whose reading end is in this process. Node's own `stdio: 'pipe'` is a socket, which buffers more. */
function pipe(name: string): { reader: number; writer: number } {
  const path = join(top, name)
  run('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  return { reader, writer: openSync(path, 'w') }
}

/** Starts `serve` with this standard output, and waits until it is ready. */
async function serve(stdout: number): Promise<string> {
  const port = await freePort()
  const address = `http://localhost:${port}`
  child = spawn(process.execPath, ['--import', NODE_24, SERVER], {
    stdio: ['ignore', stdout, 'pipe'],
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: database.url,
      PUBLIC_URL: address,
      PORT: String(port),
      POSTKEY_DATA: join(top, 'data'),
      POSTKEY_KEY_FILE: join(top, 'keys'),
    },
  })
  closeSync(stdout)
  let said = ''
  child.stderr!.setEncoding('utf8')
  for await (const text of child.stderr!.iterator({ destroyOnReturn: false })) {
    said += text as string
    if (said.includes('Postkey is at')) return address
  }
  throw new Error(`serve ended: ${said}`)
}

/** Each metrics request starts a new measurement. A stalled machine delays some of them, a blocking log each one. */
async function answersWithoutDelay(address: string): Promise<void> {
  const longestDelayMs = async () => {
    await manyRefusedRequests(address, 50)
    return (await metricsOf(address)).longestDelayMs
  }
  await expect.poll(longestDelayMs).toBeLessThan(1000)
}

async function endsOnRequest(): Promise<void> {
  const exited = once(child!, 'exit')
  child!.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
}

/** Sends requests that are refused; each writes one log line. */
async function manyRefusedRequests(address: string, count = REQUESTS): Promise<void> {
  for (let sent = 0; sent < count; sent += 50) {
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const answer = await fetch(`${address}/v1/email-accounts`)
        await answer.text()
        expect(answer.status).toBe(401)
      }),
    )
  }
}

let authorization: string | undefined

/** Authorization header with an API key that may read metrics, created beside the server, through the rooms. */
async function metricsKey(): Promise<{ authorization: string }> {
  if (authorization === undefined) {
    const sessionSecret = new Secret('x'.repeat(43))
    const options = {
      database,
      clock: systemClock,
      publicUrl: new URL('http://localhost'),
      sessionSecret,
      keyRing: testKeyRing(),
      log: silentLog,
    }
    const { links, apiKeys } = createPeople(options)
    const invitation = { email: 'admin@contoso.example', name: 'Admin', role: 'admin' as const, emailAccountIds: [] }
    const { url } = await links.invite(invitation, 'test')
    const token = new Secret(new URL(url.reveal()).hash.slice(1))
    const { id } = await links.accept(token, { password: new Secret('correct horse battery') })
    const { key } = await apiKeys.create({ name: 'Prometheus', scopes: ['admin:read'], emailAccountIds: 'all' }, id)
    authorization = `Bearer ${key.reveal()}`
  }
  return { authorization }
}

async function metricsOf(address: string): Promise<{ dropped: number; longestDelayMs: number; openIncidents: number }> {
  const text = await (await fetch(`${address}/metrics`, { headers: await metricsKey() })).text()
  const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
  return {
    openIncidents: figure('postkey_open_incidents\\{cause="installation"\\}'),
    dropped: figure('postkey_log_lines_dropped_total'),
    longestDelayMs: figure('nodejs_eventloop_lag_max_seconds') * 1000,
  }
}

function fill(file: string): void {
  try {
    writeFileSync(file, Buffer.alloc(2 * DISK_BYTES))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program}: ${stderr}`)
}
