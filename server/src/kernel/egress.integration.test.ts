import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEgress } from './egress.ts'
import type { LookUp } from './name-lookup.ts'

let server: Server
let origin: string
let requests: { url: string | undefined; host: string | undefined }[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push({ url: request.url, host: request.headers.host })
    switch (request.url) {
      case '/redirect':
        response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
        break
      case '/large':
        response.end(Buffer.alloc(100_000))
        break
      case '/bomb':
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000)))
        break
      case '/slow':
        break
      case '/stalls':
        response.write('begins')
        break
      case '/empty':
        response.writeHead(204).end()
        break
      default:
        request.pipe(response.writeHead(201, { 'x-seen': 'yes' }))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://localhost:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const fixed =
  (...addresses: string[]): LookUp =>
  () =>
    Promise.resolve(addresses)

describe('the egress', () => {
  it('returns the response of a cloud that is declared to be on this machine', async () => {
    const egress = createEgress({ allowPrivate: (asked) => asked === origin })

    const answer = await egress.fetch(`${origin}/echo`, { method: 'POST', body: 'hello', headers: { 'x-a': 'b' } })

    expect([answer.status, answer.headers.get('x-seen'), await answer.text()]).toEqual([201, 'yes', 'hello'])
    expect((await egress.fetch(`${origin}/empty`)).status).toBe(204)
    await egress.close()
  })

  it.each([
    'http://localhost:1/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://10.1.2.3/',
    'https://192.168.0.1/',
    'https://172.20.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.100.1.1/',
    'https://0.0.0.0/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[64:ff9b::a00:1]/',
    'https://[2002:a00:1::]/',
    'https://user:password@graph.microsoft.com/',
    'http://graph.microsoft.com/',
    'file:///etc/passwd',
    'nonsense',
  ])('refuses %s', async (url) => {
    const egress = createEgress({ allowPrivate: () => false, lookUp: fixed() })

    await expect(egress.fetch(url)).rejects.toMatchObject({ code: 'egress.address_refused' })
  })

  it.each([['127.0.0.1'], ['10.0.0.1'], ['::1'], ['fd00::1']])(
    'refuses a public name that resolves to %s',
    async (address) => {
      const egress = createEgress({ allowPrivate: () => false, lookUp: fixed(address) })

      await expect(egress.fetch('https://rebound.localhost/')).rejects.toMatchObject({ code: 'egress.address_refused' })
    },
  )

  it('keeps private networks closed for a cloud that is declared to be on this machine', async () => {
    const egress = createEgress({ allowPrivate: () => true, lookUp: fixed('10.0.0.1') })

    await expect(egress.fetch('http://sandbox.localhost:4001/')).rejects.toMatchObject({
      code: 'egress.address_refused',
    })
  })

  it('resolves a name once, connects to that address and sends the name', async () => {
    let asked = 0
    const egress = createEgress({
      allowPrivate: () => true,
      lookUp: () => Promise.resolve(asked++ === 0 ? ['127.0.0.1'] : ['10.0.0.1']),
    })
    const { port } = new URL(origin)
    requests = []

    expect((await egress.fetch(`http://sandbox.localhost:${port}/`)).status).toBe(201)

    expect(requests).toEqual([{ url: '/', host: `sandbox.localhost:${port}` }])
    expect(asked).toBe(1)
    await egress.close()
  })

  it('does not follow redirects', async () => {
    const egress = createEgress({ allowPrivate: () => true })

    const answer = await egress.fetch(`${origin}/redirect`)

    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'http://169.254.169.254/latest/meta-data'])
  })

  it('aborts at the size limit, also for compressed responses', async () => {
    const egress = createEgress({ allowPrivate: () => true })

    for (const path of ['/large', '/bomb']) {
      const answer = await egress.fetch(origin + path, { maxBytes: 50_000 })
      await expect(answer.arrayBuffer()).rejects.toMatchObject({ code: 'egress.answer_too_large' })
    }
  })

  it('aborts at the time limit, before and during the response', async () => {
    const egress = createEgress({ allowPrivate: () => true })

    await expect(egress.fetch(`${origin}/slow`, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'egress.timed_out' })
    const begun = await egress.fetch(`${origin}/stalls`, { timeoutMs: 2_000 })
    await expect(begun.text()).rejects.toMatchObject({ code: 'egress.timed_out', remedy: 'wait' })
  })

  it("reports a name that the resolver of this machine doesn't find", async () => {
    const egress = createEgress({ allowPrivate: () => false })

    const failure = await egress.fetch('https://nothing.invalid/').catch((error: unknown) => error)

    // Without a name server the machine reports EAI_AGAIN, with one ENOTFOUND.
    expect(failure).toMatchObject({ code: expect.stringMatching(/^egress\.name_/) as string, remedy: 'wait' })
    expect(failure).toMatchObject({ detail: 'Host name: nothing.invalid' })
  })

  it.each([
    ['ENOTFOUND', 'egress.name_not_found'],
    ['EAI_AGAIN', 'egress.name_server_failed'],
    ['EAI_FAIL', 'egress.name_server_failed'],
  ])("reports the resolver's %s as %s", async (code, ours) => {
    const lookUp = () => Promise.reject(Object.assign(new Error(`getaddrinfo ${code}`), { code }))
    const egress = createEgress({ allowPrivate: () => false, lookUp })

    await expect(egress.fetch('https://graph.localhost/')).rejects.toMatchObject({ code: ours })
  })

  it('reports an unreachable server', async () => {
    const egress = createEgress({ allowPrivate: () => true })

    await expect(egress.fetch('http://localhost:1/')).rejects.toMatchObject({
      code: 'egress.unreachable',
      remedy: 'wait',
    })
  })
})
