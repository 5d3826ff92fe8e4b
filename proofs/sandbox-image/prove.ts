import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import { json } from 'node:stream/consumers'
import { createControl } from '../../sandbox/package/control.ts'
import type { RegisteredApplication } from '../../sandbox/package/api.ts'
import { anyFreePort } from '../../sandbox/src/ports.ts'
import { createContainer } from '../image/container.ts'

export interface Proof {
  program: string
  image: string
  expect: (isKept: boolean, promise: string) => void
}

/** `docker stop` kills a container after ten seconds. */
const END_LIMIT_MS = 5000
const PARTS = [0, 1, 2, 3, 4, 5]
/** Name in the container of this machine, on which the tested program runs. */
const PROGRAM = 'program'
const FOLDER = '/var/lib/postkey-sandbox'
const SUPPORT = 'support@contoso.example'

export async function proveSandboxImage({ program, image, expect }: Proof) {
  const first = await anyFreePort()
  const ports = PARTS.map((part) => first + part)
  const at = (part: number) => `http://localhost:${first + part}`
  const [login, graph, controlPanel] = [at(0), at(1), at(3)]
  const name = `postkey-sandbox-image-${process.pid}`
  const container = createContainer({
    ...{ program, image, name, environment: {}, folder: FOLDER, withoutTmp: true, health: `${controlPanel}/healthz` },
    command: ['--port', String(first), '--host', 'localhost', '--host', 'sandbox', '--notify', PROGRAM],
    network: [
      ...['--add-host', `${PROGRAM}:host-gateway`],
      ...ports.flatMap((port) => ['--publish', `127.0.0.1:${port}:${port}`]),
    ],
  })
  const endpoint = await startEndpoint()
  try {
    const firstStartMs = await container.start()
    expect(container.run('node', '-p', 'process.getuid()').trim() === '10001', 'it runs without root')
    expect(!canWrite('/opt/x') && !canWrite('/tmp/x') && canWrite(`${FOLDER}/x`), 'only its volume is writable')
    expect(
      container.processes().every(({ pid }) => pid === 1),
      'the sandbox is its only process',
    )
    expect(container.isHealthy(), 'its health check passes')
    const memoryMb = Math.round(container.processes().reduce((sum, { bytes }) => sum + bytes, 0) / 1_000_000)

    expect((await statusFor('sandbox')) === 200, 'its names are answered')
    expect((await statusFor('rebound.example')) === 421, 'other host names are refused')
    const sandbox = await createControl(controlPanel)
    const application = await sandbox.registerApplication({
      applicationPermissions: ['Mail.ReadWrite'],
      grantAdminConsent: true,
    })
    const token = await tokenOf(application)
    expect((await subscribe(token)).status === 201, 'a program on the host passes the handshake of notifications')
    await sandbox.sendFromOutside({ from: 'kim@customer.example', to: SUPPORT, subject: 'Into the container' })
    expect((await endpoint.notified()).changeType === 'created', 'the program is notified')
    const list = (await ask(token, `/messages?$search="subject:container"`)) as { value: unknown[] }
    expect(list.value.length === 1, 'Graph answers')
    expect((await greeting(first + 4)).startsWith('* OK'), 'IMAP answers')
    expect((await greeting(first + 5)).startsWith('220'), 'SMTP answers')

    const waiting = fetch(`${controlPanel}/api/outside/messages?after=0&waitMs=30000`).then(({ status }) => status)
    const session = connect({ host: '127.0.0.1', port: first + 4 })
    await once(session, 'data')
    const { code, ms } = await container.stop()
    expect(code === 0, `the exit code is 0 (${code})`)
    expect(ms < END_LIMIT_MS, `it ends within ${END_LIMIT_MS} ms while clients wait (${ms} ms)`)
    expect((await waiting.catch(() => 0)) === 200, 'a waiting request is answered')

    const startMs = await container.start()
    expect((await tokenOf(application)) !== '', 'its state is in the volume')
    container.kill()
    await container.start()
    expect((await tokenOf(application)) !== '', 'a kill loses no state')
    return { firstStartMs, startMs, exitMs: ms, memoryMb }
  } finally {
    container.remove()
    endpoint.close()
  }

  function canWrite(file: string): boolean {
    try {
      container.run('node', '-e', `require('fs').writeFileSync(${JSON.stringify(file)}, '')`)
      return true
    } catch {
      return false
    }
  }

  async function statusFor(host: string): Promise<number> {
    const headers = { host: `${host}:${first + 3}` }
    const asked = request(`${controlPanel}/api/people`, { headers, agent: false }).end()
    const [response] = (await once(asked, 'response')) as [NodeJS.ReadableStream & { statusCode: number }]
    response.resume()
    return response.statusCode
  }

  async function tokenOf({ tenantId, clientId, clientSecret = '' }: RegisteredApplication): Promise<string> {
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
    const body = new URLSearchParams({ ...form, scope: 'https://graph.microsoft.com/.default' })
    const response = await fetch(`${login}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body })
    return ((await response.json()) as { access_token?: string }).access_token ?? ''
  }

  async function ask(token: string, path: string): Promise<unknown> {
    const url = `${graph}/v1.0/users/${SUPPORT}${path}`
    return (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).json()
  }

  function subscribe(token: string): Promise<Response> {
    return fetch(`${graph}/v1.0/subscriptions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        changeType: 'created',
        notificationUrl: `http://${PROGRAM}:${endpoint.port}/hook`,
        resource: `users/${SUPPORT}/mailFolders('inbox')/messages`,
        expirationDateTime: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    })
  }
}

async function startEndpoint() {
  const notified = Promise.withResolvers<{ changeType: string }>()
  const server = createServer((request, response) => {
    const token = new URL(request.url ?? '/', 'http://localhost').searchParams.get('validationToken')
    if (token !== null) return void response.setHeader('content-type', 'text/plain').end(token)
    void json(request).then((body) => notified.resolve((body as { value: [{ changeType: string }] }).value[0]))
    return void response.writeHead(202).end()
  })
  const port = await anyFreePort()
  // The container connects to this machine from its network.
  server.listen(port, '0.0.0.0')
  await once(server, 'listening')
  return { port, notified: () => notified.promise, close: () => server.close() }
}

async function greeting(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port })
  const [line] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return line.toString()
}
