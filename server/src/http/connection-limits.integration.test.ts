/** Real connections: idle and half-open ones must not lock out people who sign in. */
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { createConnectionLimits } from './connection-limits.ts'

const closers: (() => unknown)[] = []
afterEach(() => closers.splice(0).forEach((close) => close()))

/** Starts a server that recognizes the caller of `/known`, and answers `/waits` on request of the test. */
async function listen(max: { perAddress: number; total: number }, trustedProxies: string[] = []) {
  const limits = createConnectionLimits({ trustedProxies, headers: { 'x-test': 'yes' }, max })
  const waiting: ServerResponse[] = []
  const server: Server = createServer((request, response) => {
    if (request.url === '/known') limits.recognize(request.socket)
    if (request.url === '/waits') waiting.push(response)
    else response.end('fine')
  })
  limits.watch(server)
  let from = '127.0.0.1'
  // Runs before the limits check the address, because every client of this test connects from loopback.
  server.prependListener('connection', (socket: Socket) =>
    Object.defineProperty(socket, 'remoteAddress', { value: from }),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  async function open(address = '127.0.0.1'): Promise<Socket> {
    from = address
    const accepted = once(server, 'connection')
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    closers.push(() => socket.destroy())
    await Promise.all([once(socket, 'connect'), accepted])
    return socket
  }
  const ask = async (socket: Socket, path = '/') => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return answer.toString()
  }
  /** Opens a connection with a request in progress. */
  async function begin(address?: string, head = 'GET /waits HTTP/1.1\r\nHost: x'): Promise<Socket> {
    const socket = await open(address)
    const begun = once(server, 'request')
    socket.write(`${head}\r\n\r\n`)
    await begun
    return socket
  }
  return { open, ask, begin, waiting }
}

const closed = (socket: Socket) => once(socket.resume(), 'close')

describe('connections without a recognized caller', () => {
  it('are refused above the total with 503, a code and Retry-After, when all others have a request in progress', async () => {
    const { open, ask, begin, waiting } = await listen({ perAddress: 100, total: 3 })
    const working = [await begin(), await begin(), await begin()]
    const answer = await readText(await open())
    expect(answer).toMatch(/^HTTP\/1\.1 503 /)
    expect(answer).toMatch(/\r\nretry-after: 10\r\n/)
    expect(answer).toMatch(/\r\nx-test: yes\r\n/)
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ code: 'http.too_many_connections', status: 503 })

    const answered = once(working[0]!, 'data')
    waiting[0]!.end('late')
    await answered
    await expect.poll(async () => ask(await open()).catch(() => 'closed')).toContain('200 OK')
  })

  it('are replaced above the total, the oldest without a request first', async () => {
    const { open, ask, begin } = await listen({ perAddress: 100, total: 3 })
    const working = await begin()
    const [oldest, idle] = [await open(), await open()]
    const gone = closed(oldest)

    expect(await ask(await open())).toContain('200 OK')

    await gone
    expect(working.destroyed).toBe(false)
    expect(await ask(idle)).toContain('200 OK')
  })

  it('are replaced when their request never arrives completely', async () => {
    const { open, ask, begin } = await listen({ perAddress: 2, total: 100 })
    const slow = await begin('203.0.113.7', 'POST /waits HTTP/1.1\r\nHost: x\r\nContent-Length: 10')
    const working = await begin('203.0.113.7')
    const gone = closed(slow)

    expect(await ask(await open('203.0.113.7'))).toContain('200 OK')

    await gone
    expect(working.destroyed).toBe(false)
  })

  it('from one address replace each other, and leave those from other addresses', async () => {
    const { open, ask } = await listen({ perAddress: 2, total: 100 })
    const other = await open('198.51.100.1')
    const flood = [await open('203.0.113.7'), await open('203.0.113.7')]
    const gone = closed(flood[0]!)

    expect(await ask(await open('203.0.113.7'))).toContain('200 OK')

    await gone
    expect(await ask(other)).toContain('200 OK')
  })

  it('from one IPv6 /64 network count together, whatever the number of addresses', async () => {
    const { open, begin, ask } = await listen({ perAddress: 2, total: 100 })
    await begin('2001:db8:1:2::1')
    await begin('2001:db8:1:2::2')
    expect(await readText(await open('2001:db8:1:2:ffff::3'))).toMatch(/^HTTP\/1\.1 503 /)
    expect(await ask(await open('2001:db8:1:3::1'))).toContain('200 OK')
  })

  it('stop counting once a person or a key was recognized', async () => {
    const { open, ask } = await listen({ perAddress: 100, total: 2 })
    const known = []
    for (let n = 0; n < 5; n++) {
      const socket = await open()
      expect(await ask(socket, '/known')).toContain('200 OK')
      known.push(socket)
    }
    for (const socket of known) expect(await ask(socket)).toContain('200 OK')
  })

  it.each(['127.0.0.1', '::1', '172.17.0.1', '10.1.2.3', '192.168.0.9', '::ffff:10.0.0.1', '100.64.0.1', 'fd00::1'])(
    'from %s, where a proxy or an address translator may be, are limited only by the total',
    async (address) => {
      const { begin, open, ask } = await listen({ perAddress: 1, total: 3 })
      await begin(address)
      expect(await ask(await open(address))).toContain('200 OK')
    },
  )

  it('from a proxy in TRUSTED_PROXIES are limited only by the total', async () => {
    const { begin, open, ask } = await listen({ perAddress: 1, total: 3 }, ['203.0.113.0/24'])
    await begin('203.0.113.7')
    expect(await ask(await open('203.0.113.7'))).toContain('200 OK')
  })
})
