import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEmbeddedPostgres } from '../../server/src/database/index.ts'
import { freePort } from '../../mail-servers/free-port.ts'

const CHECKOUT = join(import.meta.dirname, '../..')
const top = mkdtempSync('/var/tmp/postkey-own-')
chmodSync(top, 0o711)
const children: ChildProcess[] = []
afterAll(async () => {
  // In reverse order of their start, so that the database ends last.
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGINT')
    await once(child, 'exit')
  }
  rmSync(top, { recursive: true, force: true })
})

// PostgreSQL as in production: reached over the network with a password, and not started or stopped by Postkey.
describe('npm run serve on an external database', { timeout: 120_000 }, () => {
  let databaseUrl: URL

  beforeAll(async () => {
    const cluster = join(top, 'cluster')
    const embedded = await startEmbeddedPostgres({ dataFolder: cluster })
    await embedded.stop()
    databaseUrl = new URL(`postgresql://postkey@127.0.0.1:${await freePort()}/postkey`)
    databaseUrl.password = readFileSync(join(cluster, 'postgres-password'), 'utf8')
    await startNetworkPostgres(cluster, databaseUrl.port)
  }, 120_000)

  it('creates its tables, prints a link for the first admin, and keeps its data until the next start', async () => {
    const first = await serve(databaseUrl.href)
    expect((await fetch(`${first.address}/healthz`)).status).toBe(200)
    expect(first.said).toMatch(/There is no admin yet: http\S+#\S+/)
    first.child.kill('SIGKILL')
    await once(first.child, 'exit')

    const second = await serve(databaseUrl.href)
    expect((await fetch(`${second.address}/healthz`)).status).toBe(200)
    second.child.kill('SIGTERM')
    expect((await once(second.child, 'exit'))[0]).toBe(0)
  })

  it('reports that the database refuses the connection without printing the password', async () => {
    const wrong = new URL(databaseUrl)
    wrong.password = 'not-the-password'

    const complaint = await failure(wrong.href)

    expect(complaint).toMatch(/database\.\w+/)
    expect(complaint).not.toContain('not-the-password')
  })
})

/** Runs the same binaries and data on TCP instead of a socket, as the user who owns the data. */
async function startNetworkPostgres(cluster: string, port: string): Promise<void> {
  const data = join(cluster, 'postgres/data')
  const [program] = globSync(join(cluster, 'postgres-*/bin/postgres'))
  const { uid, gid } = statSync(data)
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '' }
  const child = spawn(
    program!,
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { cwd: data, stdio: ['ignore', 'ignore', 'pipe'], uid, gid, env: { LC_ALL: 'C' } },
  )
  children.push(child)
  let said = ''
  for await (const text of child.stderr.setEncoding('utf8')) {
    said += String(text)
    if (said.includes('ready to accept connections')) break
  }
  if (!said.includes('ready to accept connections')) throw new Error(said)
}

async function launch(databaseUrl: string): Promise<{ child: ChildProcess; address: string }> {
  const address = `http://localhost:${await freePort()}`
  const child = spawn(process.execPath, ['server/src/main.ts'], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: databaseUrl,
      PUBLIC_URL: address,
      PORT: new URL(address).port,
      POSTKEY_DATA: join(top, 'data'),
      POSTKEY_KEY_FILE: join(top, 'keys/keys'),
    },
  })
  children.push(child)
  return { child, address }
}

async function serve(databaseUrl: string): Promise<{ child: ChildProcess; address: string; said: string }> {
  const { child, address } = await launch(databaseUrl)
  let said = ''
  for await (const text of child.stderr!.setEncoding('utf8')) {
    said += String(text)
    if (said.includes('Postkey is at')) return { child, address, said }
  }
  throw new Error(said)
}

async function failure(databaseUrl: string): Promise<string> {
  const { child } = await launch(databaseUrl)
  let said = ''
  for await (const text of child.stderr!.setEncoding('utf8')) said += String(text)
  return said
}
