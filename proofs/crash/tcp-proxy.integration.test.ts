import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** Answers each chunk with the same bytes. */
const echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket))
echo.listen(0, '127.0.0.1')
await once(echo, 'listening')
const { port } = echo.address() as { port: number }
afterAll(() => echo.close())

describe('a proxy whose network fails', () => {
  let proxy: TcpProxy
  const clients: Socket[] = []

  beforeEach(async () => {
    proxy = await startTcpProxy({ to: () => [{ host: '127.0.0.1', port }] })
  })

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy()
    await proxy.close()
  })

  it('resets every open connection when it is cut, and lets new ones pass', async () => {
    const client = await open()
    await expectEcho(client, 'before')
    expect(proxy.cut()).toBe(1)
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNRESET')
    await expectEcho(await open(), 'after')
  })

  it('keeps silenced connections open without a byte, forever, and lets new ones pass', async () => {
    const client = await open()
    await expectEcho(client, 'before')
    expect(proxy.silence()).toBe(1)
    const heard = listenTo(client)
    client.write('lost')
    await expectEcho(await open(), 'a new connection')
    proxy.heal()
    client.write('lost, too')
    await expectEcho(await open(), 'after')
    expect(heard()).toBe('')
    expect(client.destroyed).toBe(false)
  })

  it('holds bytes back while stalled, and delivers them afterwards', async () => {
    const client = await open()
    await expectEcho(client, 'before')
    proxy.fail('stalled')
    const heard = listenTo(client)
    client.write('held')
    const late = await open()
    late.write('held, too')
    const lateHeard = once(late, 'data')
    const next = once(client, 'data')
    expect(heard()).toBe('')
    proxy.heal()
    expect(String((await next)[0])).toBe('held')
    expect(String((await lateHeard)[0])).toBe('held, too')
  })

  it('ends a truncated connection after half of an answer', async () => {
    const client = await open()
    proxy.fail('truncated')
    const heard = listenTo(client)
    const end = once(client, 'end')
    client.write('12345678')
    await end
    expect(heard()).toBe('1234')
  })

  it('resets new connections, too, until it is healed', async () => {
    proxy.fail('reset')
    const client = connect(proxy.port, '127.0.0.1')
    clients.push(client)
    expect(((await once(client, 'error')) as [NodeJS.ErrnoException])[0].code).toBe('ECONNRESET')
    proxy.heal()
    await expectEcho(await open(), 'after')
  })

  async function open(): Promise<Socket> {
    const client = connect(proxy.port, '127.0.0.1')
    clients.push(client)
    await once(client, 'connect')
    return client
  }
})

async function expectEcho(client: Socket, text: string): Promise<void> {
  const answer = once(client, 'data')
  client.write(text)
  expect(String(((await answer) as [Buffer])[0])).toBe(text)
}

function listenTo(client: Socket): () => string {
  let text = ''
  client.on('error', () => undefined).on('data', (bytes: Buffer) => (text += bytes.toString()))
  return () => text
}
