/** Real connections: half-open ones must not shut out the people who sign in. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { createConnectionLimits } from './connection-limits.ts'

const closers: (() => unknown)[] = []
afterEach(() => closers.splice(0).forEach((close) => close()))

/** Recognizes whoever asks for `/known`. `localAddress` of a connection is the client address here. */
async function listen(max: { perAddress: number; total: number }, trustedProxies: string[] = []) {
  const limits = createConnectionLimits({ trustedProxies, headers: { 'x-test': 'yes' }, max })
  const server: Server = createServer((request, response) => {
    if (request.url === '/known') limits.recognize(request.socket)
    response.end('fine')
  })
  limits.watch(server)
  server.listen(0, '::')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  async function open(): Promise<Socket> {
    const socket = connect(port, '127.0.0.1')
    closers.push(() => socket.destroy())
    await once(socket, 'connect')
    return socket
  }
  const ask = async (socket: Socket, path = '/') => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return answer.toString()
  }
  return { open, ask }
}

describe('connections on which nobody was recognized', () => {
  it('are refused beyond the total with 503, a code and Retry-After, and accepted when others close', async () => {
    const { open, ask } = await listen({ perAddress: 100, total: 3 })
    const halfOpen = [await open(), await open(), await open()]
    const answer = await readText(await open())
    expect(answer).toMatch(/^HTTP\/1\.1 503 /)
    expect(answer).toMatch(/\r\nretry-after: 10\r\n/)
    expect(answer).toMatch(/\r\nx-test: yes\r\n/)
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toMatchObject({ code: 'http.too_many_connections', status: 503 })

    halfOpen[0]!.destroy()
    await expect.poll(async () => ask(await open()).catch(() => 'closed')).toContain('200 OK')
  })

  it('stop counting once a person or a key was recognized', async () => {
    const { open, ask } = await listen({ perAddress: 100, total: 2 })
    for (let n = 0; n < 5; n++) expect(await ask(await open(), '/known')).toContain('200 OK')
  })

  it('of loopback, where a proxy may be, are limited by the total alone', async () => {
    const { open, ask } = await listen({ perAddress: 1, total: 3 })
    await open()
    expect(await ask(await open())).toContain('200 OK')
  })
})
