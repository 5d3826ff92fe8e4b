/** The files of deploy/proxy in a real nginx and a real Caddy, with TLS on a port other than 443. */
import type { AddressInfo } from 'node:net'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:http2'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { request as plainRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  TEST_PASSWORD,
  testDatabase,
} from '../../test/kit/index.ts'
import {
  createCertificate,
  deployedFile,
  PROXY_NAME,
  startCaddy,
  startNginx,
  stopProxy,
  type ProxyPlace,
} from '../../../mail-servers/reverse-proxy.ts'
import { freePort, freePorts } from '../../../mail-servers/free-port.ts'
import { findInstalled } from '../../../mail-servers/installed.ts'

const MIB = 1024 * 1024
/** Not the address of a proxy. */
const CLIENT = '127.0.0.9'

const folder = mkdtempSync(join(tmpdir(), 'postkey-proxies-'))
afterAll(() => rmSync(folder, { recursive: true }))
const database = await testDatabase()
const clock = createTestClock()
const port = await freePort()
const publicUrl = new URL(`https://${PROXY_NAME}:${port}`)
const { app, person, rooms } = await createTestApp(database, clock, {
  publicUrl,
  trustedProxies: ['127.0.0.1'],
  heartbeatMs: 3_600_000,
})
const admin = await person('admin')
const json = { origin: publicUrl.origin, 'content-type': 'application/json' }
const credentials = JSON.stringify({ email: admin.email, password: TEST_PASSWORD })

describe.each([
  { name: 'nginx', host: '127.0.0.2', start: startNginx },
  { name: 'caddy', host: '127.0.0.3', start: startCaddy },
] as const)('behind $name', ({ name, host, start }) => {
  const isMissing = !findInstalled(name)
  const { ask, place } = behind(name, host)
  beforeAll(async () => {
    if (isMissing) return
    const proxy = await start(await place())
    return () => stopProxy(proxy)
  })

  it.skipIf(isMissing)('signs in by the origin with its port, and counts wrong passwords for the client', async () => {
    const signIn = vi.spyOn(rooms.people.sessions, 'signIn')
    const post = (origin: string) =>
      ask('POST /v1/session', { ...json, origin, 'x-forwarded-for': '203.0.113.7' }, credentials)

    expect(await post(`https://${PROXY_NAME}`)).toMatchObject({ status: 403, code: 'http.wrong_origin' })
    const signedIn = await post(publicUrl.origin)
    expect(signedIn.status).toBe(200)
    expect(signIn).toHaveBeenLastCalledWith(expect.objectContaining({ clientAddress: CLIENT }))
    const cookies = signedIn.cookies.map((line) => line.split(';')[0]!)
    expect(cookies.find((cookie) => cookie.startsWith('__Host-postkey.session_token='))).toBeDefined()
    expect(await ask('GET /v1/session', { cookie: cookies.join('; ') })).toMatchObject({ status: 200 })
  })

  it.skipIf(isMissing)('returns from a sign-in at Microsoft without a redirect, over HTTP/1.1 and HTTP/2', async () => {
    expect(await ask('GET /oauth/callback?code=c&state=s', { accept: 'text/html' })).toMatchObject({ location: '' })
    const session = connect(`https://${host}:${port}`, { servername: PROXY_NAME, rejectUnauthorized: false })
    const stream = session.request({ ':path': '/v1/session', ':authority': publicUrl.host })
    const status = await new Promise((resolve, reject) => {
      stream.once('response', (headers) => resolve(headers[':status'])).once('error', reject)
      session.once('error', reject)
    })
    session.destroy()
    expect(status).toBe(401)
  })

  it.skipIf(isMissing)('delivers an event at once', async () => {
    const stream = await openStream(host)
    const conversationId = await fileMessage()
    await stream.readUntil(conversationId)
  })

  it.skipIf(isMissing)('passes messages of 48 MiB', async () => {
    const answer = await ask('POST /v1/submissions', { ...json, cookie: admin.cookie! }, 'x'.repeat(48 * MIB))

    // Postkey has read all of it: it isn't JSON.
    expect(answer).toMatchObject({ status: 400, code: 'http.invalid_request' })
  })

  it.skipIf(isMissing)('hides metrics, also from admins', async () => {
    for (const path of ['/metrics', '/%6detrics', '/metrics?x=1']) {
      expect((await ask(`GET ${path}`, { cookie: admin.cookie! })).status, path).toBe(404)
    }
  })
})

describe.skipIf(!findInstalled('nginx'))('nginx', () => {
  it('redirects from plain HTTP to PUBLIC_URL with its port', async () => {
    const { place } = behind('nginx-redirect', '127.0.0.4')
    const { plainPort, ...others } = await place()
    const proxy = await startNginx({ plainPort, ...others })
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      plainRequest({ host: '127.0.0.4', port: plainPort, path: '/a?b=c' }, resolve).once('error', reject).end()
    })
    answer.resume()
    await stopProxy(proxy)

    expect([answer.statusCode, answer.headers.location]).toEqual([308, `${publicUrl.origin}/a?b=c`])
  })

  it('keeps a silent stream of events open beyond its limit of other requests', async () => {
    const { ask, place } = behind('nginx-limit', '127.0.0.6')
    const proxy = await startNginx(await place(), undefined, 'proxy_read_timeout 100ms;')
    const stream = await openStream('127.0.0.6')
    const signIn = vi.spyOn(rooms.people.sessions, 'signIn').mockReturnValueOnce(new Promise(() => undefined))

    expect(await ask('POST /v1/session', json, credentials)).toMatchObject({ status: 504 })

    await stream.readUntil(await fileMessage())
    signIn.mockRestore()
    await stopProxy(proxy)
  })

  it('with $host ends the loop of redirects by the page that names $http_host', async () => {
    const { ask, place } = behind('nginx-host', '127.0.0.5')
    const wrong = deployedFile('nginx.conf').replace('Host $http_host;', 'Host $host;')
    const proxy = await startNginx(await place(), wrong)
    let cookie = ''
    for (let redirects = 0; redirects < 5; redirects++) {
      const answer = await ask('GET /', { cookie, accept: 'text/html' })
      if (answer.status !== 308) {
        expect(answer.status).toBe(409)
        expect(answer.text).toContain('proxy_set_header Host $http_host;')
        await stopProxy(proxy)
        return
      }
      cookie = answer.cookies[0]!.split(';')[0]!
    }
    expect.unreachable('still redirected')
  })
})

/** Traefik is in no package registry of the tests: only the structure of its files is checked. */
describe('the files of Traefik', () => {
  interface Router {
    rule: string
    entryPoints: string[]
    service: string
    middlewares?: string[]
  }
  interface Routes {
    http: {
      routers: Record<string, Router>
      middlewares: Record<string, { buffering: { maxRequestBodyBytes: number } }>
      services: Record<string, { loadBalancer: { passHostHeader: boolean; servers: { url: string }[] } }>
    }
  }
  const { http } = parse(deployedFile('traefik-postkey.yaml')) as Routes
  const { entryPoints, providers } = parse(deployedFile('traefik.yaml')) as {
    entryPoints: Record<string, { forwardedHeaders?: unknown }>
    providers: { file: { filename: string } }
  }

  it('refer to each other', () => {
    expect(providers.file.filename).toBe('/etc/traefik/postkey.yaml')
    for (const router of Object.values(http.routers)) {
      for (const name of router.entryPoints) expect(entryPoints).toHaveProperty(name)
      for (const name of router.middlewares ?? []) expect(http.middlewares).toHaveProperty(name)
      expect(http.services).toHaveProperty(router.service)
    }
  })

  it('keep Host, replace X-Forwarded-For, hide metrics, and buffer uploads alone', () => {
    expect(http.services.postkey!.loadBalancer).toMatchObject({ passHostHeader: true })
    expect(Object.values(entryPoints).filter((each) => each.forwardedHeaders !== undefined)).toEqual([])
    expect(http.routers.postkey!.rule).toContain('!Path(`/metrics`)')
    const buffered = Object.values(http.routers).filter(({ middlewares }) => middlewares)
    expect(buffered.map(({ rule }) => rule.includes('Method(`POST`)') && !rule.includes('/v1/events'))).toEqual([true])
    expect(http.middlewares['postkey-uploads']!.buffering.maxRequestBodyBytes).toBe(50 * MIB)
  })
})

/** Opens a stream and reads its first piece. */
async function openStream(host: string) {
  const stream = await send({ host, at: 'GET /v1/events/stream', headers: { cookie: admin.cookie! } })
  const pieces = stream.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string>
  expect((await pieces.next()).value).toContain('event: ping')
  return {
    async readUntil(awaited: string) {
      let text = ''
      while (!text.includes(awaited)) {
        const piece = await pieces.next()
        if (piece.done) throw new Error('the stream ended')
        text += piece.value
      }
      stream.destroy()
    },
  }
}

let messages = 0
/** Files a message; returns the id of its conversation, which the event contains. */
async function fileMessage(): Promise<string> {
  const account = await storeEmailAccount(database, clock)
  const of = { id: account.id, address: 'us@contoso.example', createdAt: clock.now() }
  const file = database.transaction((tx) => rooms.conversations.filing.file(tx, of, customerMessage(clock, ++messages)))
  return (await file)!.conversationId
}

function behind(name: string, host: string) {
  return {
    place: async (): Promise<ProxyPlace> => {
      if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 })
      const home = join(folder, name)
      mkdirSync(home)
      const [plainPort] = await freePorts(1)
      const upstreams = [`127.0.0.1:${(app.server.address() as AddressInfo).port}`]
      return { folder: home, tls: createCertificate(home), host, port, plainPort: plainPort!, upstreams }
    },
    ask: async (at: string, headers: Record<string, string> = {}, body?: string) => {
      const answer = await send({ host, at, headers, body })
      const text = await readText(answer)
      const { code } = /json/.test(answer.headers['content-type'] ?? '') ? (JSON.parse(text) as { code?: string }) : {}
      const { location = '', 'set-cookie': cookies = [] } = answer.headers
      return { status: answer.statusCode!, text, code, location, cookies }
    },
  }
}

interface SentRequest {
  host: string
  at: string
  headers: Record<string, string>
  body?: string | undefined
}

function send({ host, at, headers, body }: SentRequest): Promise<IncomingMessage> {
  const [method, path] = at.split(' ') as [string, string]
  return new Promise((resolve, reject) => {
    const to = { host, port, path, method, localAddress: CLIENT, servername: PROXY_NAME, agent: false as const }
    const sending = request(
      { ...to, rejectUnauthorized: false, headers: { host: publicUrl.host, ...headers } },
      resolve,
    )
    sending.once('error', reject).end(body)
  })
}
