import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { findInstallation } from './installation.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
const PASSWORD = 'a long enough password'
const HOUR_MS = 3_600_000
const isRoot = process.getuid!() === 0

/** Not in a temporary folder that only its owner may enter. */
const top = mkdtempSync('/var/tmp/postkey-start-')
chmodSync(top, 0o711)
const started: ChildProcess[] = []
afterAll(async () => {
  for (const child of started) if (child.exitCode === null && child.signalCode === null) await interrupt(child)
  rmSync(top, { recursive: true, force: true })
})

// The tests share one data folder; each continues from the result of the previous one.
describe('npm start', { timeout: 120_000 }, () => {
  const folder = join(top, 'data')
  const keyFile = join(top, 'config/keys')
  let first: Started

  it('starts a server with a database and a sandbox on an empty data folder', async () => {
    first = await start({ POSTKEY_DATA: folder, POSTKEY_KEY_FILE: keyFile })

    expect((await fetch(`${first.address}/healthz`)).status).toBe(200)
    expect((await fetch(first.sandbox)).status).toBe(200)
    expect(statSync(keyFile).mode & 0o777).toBe(0o600)
    expect(first.block).toContain(folder)
    expect(first.block).toContain(keyFile)
  })

  it('redirects requests with another host name to the configured address', async () => {
    const { port } = new URL(first.address)
    const answer = await fetch(`http://127.0.0.1:${port}/v1/session?a=b`, { redirect: 'manual' })

    expect(answer.status).toBe(308)
    expect(answer.headers.get('location')).toBe(`${first.address}/v1/session?a=b`)
  })

  it('follows the time of the sandbox', async () => {
    await moveClock(first, 3 * HOUR_MS)

    await expect.poll(() => aheadHours(first)).toBe(3)
    const clockOf = async () => {
      const { clock, leave } = await findInstallation({ POSTKEY_DATA: folder, POSTKEY_KEY_FILE: keyFile })
      await leave()
      return clock?.href
    }
    // Again, when a stalled sandbox did not answer within its limit.
    await expect.poll(clockOf).toBe(`${new URL(first.sandbox).origin}/api/clock`)
  })

  it('prints a link for the first admin, and no link once an admin exists', async () => {
    expect(await accept(first)).toBe(true)
  })

  it('reports that it already runs, without affecting the running instance', async () => {
    const second = await failedStart({ POSTKEY_DATA: folder, POSTKEY_KEY_FILE: keyFile })

    expect(second).toMatch(/Port \d+ is taken .* perhaps by a Postkey that still runs/)
    expect((await fetch(`${first.address}/healthz`)).status).toBe(200)
  })

  it('ends with Ctrl-C and leaves no process behind', async () => {
    expect(await interrupt(first.child)).toBe(0)
    // Otherwise it would have been killed.
    expect(readFileSync(join(folder, 'postkey.log'), 'utf8')).not.toContain('kernel.end_overdue')

    await expect(fetch(first.address)).rejects.toThrow()
    await expect(fetch(first.sandbox)).rejects.toThrow()
    expect(processesOf(folder)).toEqual([])
  })

  it('keeps all data until the second start', async () => {
    const second = await start({ POSTKEY_DATA: folder, POSTKEY_KEY_FILE: keyFile })

    expect([second.address, second.sandbox]).toEqual([first.address, first.sandbox])
    expect(second.firstAdminLink).toBeUndefined()
    expect(await signIn(second)).toBe(200)
    expect(await aheadHours(second)).toBe(3)

    first = second
  })

  /**
   * Waits for a condition. On timeout, the error contains the end of the log, because the folder is deleted afterward.
   */
  async function orLog(isSo: () => boolean | Promise<boolean>): Promise<void> {
    try {
      await vi.waitUntil(isSo, { timeout: 60_000, interval: 50 })
    } catch (error) {
      const log = readFileSync(join(folder, 'postkey.log'), 'utf8')
      throw new Error(`exit code ${first.child.exitCode}\n${log.slice(-4000)}`, { cause: error })
    }
  }

  it('recovers automatically within seconds after PostgreSQL was killed, twice', async () => {
    for (let time = 0; time < 2; time++) {
      const killed = postmasterOf(folder)
      process.kill(killed, 'SIGKILL')

      await orLog(() => postmasterOf(folder) !== killed)
      await orLog(async () => (await fetch(`${first.address}/healthz`)).status === 200)
      // Committed data is preserved, and writing is possible again.
      expect(await signIn(first)).toBe(200)
    }
    expect(first.child.exitCode).toBeNull()
    const log = readFileSync(join(folder, 'postkey.log'), 'utf8')
    expect(log.match(/PostgreSQL has ended by itself/g)).toHaveLength(2)
    expect(log.match(/PostgreSQL is there again/g)).toHaveLength(2)
  })

  it('starts after SIGKILL, and the sandbox of the killed instance has ended', async () => {
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')

    const third = await start({ POSTKEY_DATA: folder, POSTKEY_KEY_FILE: keyFile })

    expect(third.address).toBe(first.address)
    expect(await signIn(third)).toBe(200)
    expect(await interrupt(third.child)).toBe(0)
    expect(processesOf(folder)).toEqual([])
  })

  it('creates no new key for a database that was encrypted with another key', async () => {
    renameSync(keyFile, `${keyFile}.away`)

    expect(await failedStart({ POSTKEY_DATA: folder, POSTKEY_KEY_FILE: keyFile })).toContain('kernel.key_missing')

    expect(readdirSync(join(top, 'config'))).not.toContain('keys')
    expect(processesOf(folder)).toEqual([])
  })

  it('stores no key in the data folder', async () => {
    const complaint = await failedStart({ POSTKEY_DATA: folder, POSTKEY_KEY_FILE: join(folder, 'keys') })

    expect(complaint).toMatch(/POSTKEY_KEY_FILE lies in the data folder/)
    expect(processesOf(folder)).toEqual([])
  })

  it.runIf(isRoot)('runs as an ordinary user with a home closed to other users', async () => {
    const home = join(top, 'home')
    mkdirSync(home, { mode: 0o700 })
    chownSync(home, 65_534, 65_534)
    const data = join(home, 'data')

    const own = await start({ POSTKEY_DATA: data, HOME: home }, { uid: 65_534, gid: 65_534 })

    expect((await fetch(`${own.address}/healthz`)).status).toBe(200)
    expect(statSync(join(home, '.config/postkey/keys')).mode & 0o777).toBe(0o600)
    expect(await interrupt(own.child)).toBe(0)
    expect(processesOf(data)).toEqual([])
  })
})

interface Started {
  child: ChildProcess
  block: string
  address: string
  sandbox: string
  firstAdminLink: string | undefined
}

function launch(env: Record<string, string>, user: { uid?: number; gid?: number } = {}): ChildProcess {
  const child = spawn(process.execPath, ['scripts/start.ts'], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: top, ...env },
    ...user,
  })
  started.push(child)
  return child
}

async function start(env: Record<string, string>, user?: { uid: number; gid: number }): Promise<Started> {
  const child = launch(env, user)
  const complaints = textOf(child, 'stderr')
  const [block] = (await Promise.race([
    once(child.stdout!.setEncoding('utf8'), 'data'),
    once(child, 'exit').then(async () => Promise.reject(new Error(await complaints))),
  ])) as [string]
  const find = (pattern: RegExp) => pattern.exec(block)?.[1]
  return {
    child,
    block,
    address: find(/Address +(\S+)/)!,
    sandbox: find(/Start here +(\S+)/)!,
    firstAdminLink: find(/First admin +(\S+)/),
  }
}

async function moveClock({ sandbox }: Started, byMs: number): Promise<void> {
  const answer = await fetch(`${new URL(sandbox).origin}/api/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ byMs }),
  })
  expect(answer.status).toBe(200)
}

/** Hours by which the server's clock is ahead of the local clock, rounded. */
async function aheadHours({ address }: Started): Promise<number> {
  const { now } = (await (await fetch(`${address}/healthz`)).json()) as { now: string }
  return Math.round((Date.parse(now) - Date.now()) / HOUR_MS)
}

async function failedStart(env: Record<string, string>): Promise<string> {
  const child = launch(env)
  const [complaints, code] = await Promise.all([textOf(child, 'stderr'), exitOf(child)])
  expect(code).toBe(1)
  return complaints
}

async function textOf(child: ChildProcess, stream: 'stderr'): Promise<string> {
  let text = ''
  for await (const part of child[stream]!.setEncoding('utf8')) text += String(part)
  return text
}

async function interrupt(child: ChildProcess): Promise<unknown> {
  const exit = exitOf(child)
  child.kill('SIGINT')
  return exit
}

async function exitOf(child: ChildProcess): Promise<unknown> {
  return ((await once(child, 'exit')) as unknown[])[0]
}

async function accept({ address, firstAdminLink }: Started): Promise<boolean> {
  const token = new URL(firstAdminLink!).hash.slice(1)
  const answer = await post(address, '/v1/links/accept', {
    token,
    password: PASSWORD,
    email: 'admin@contoso.example',
    name: 'Ada',
  })
  return answer.ok
}

async function signIn({ address }: Started): Promise<number> {
  return (await post(address, '/v1/session', { email: 'admin@contoso.example', password: PASSWORD })).status
}

function post(address: string, path: string, body: object): Promise<Response> {
  return fetch(address + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: address },
    body: JSON.stringify(body),
  })
}

/** Process id of the most recently started postmaster; 0 for a moment while a new one starts. */
function postmasterOf(folder: string): number {
  const file = join(folder, 'postgres/data/postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0
}

/**
 * Command lines of running processes that contain the folder: PostgreSQL and the sandbox. A process may remain visible
 * for a moment after its end.
 */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')]
      } catch {
        return []
      }
    })
    .filter((command) => command.includes(folder))
}
