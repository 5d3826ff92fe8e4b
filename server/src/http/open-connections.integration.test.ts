import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createLog } from '../kernel/log.ts'
import { createOpenConnections, mostConnections } from './open-connections.ts'

const ends: (() => void)[] = []
afterEach(() => ends.splice(0).forEach((end) => end()))

async function listening(most: number, graceMs?: number) {
  const lines: string[] = []
  const log = createLog({ destination: { write: (line: string) => void lines.push(line) } })
  const open = createOpenConnections(log, most, graceMs)
  const waiting: ServerResponse[] = []
  const server = createServer((request, response) => {
    if (request.url === '/waits') waiting.push(response)
    else response.end('here')
  })
  open.watch(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => {
    open.closeAll()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const silent = async () => {
    const accepted = once(server, 'connection')
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    await accepted
    socket.resume()
    return socket
  }
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  return { open, server, lines, waiting, silent, ask }
}

/** Begins a request that is not answered yet. */
async function begin(stage: Awaited<ReturnType<typeof listening>>): Promise<Socket> {
  const socket = await stage.silent()
  const begun = once(stage.server, 'request')
  socket.write('GET /waits HTTP/1.1\r\nHost: x\r\n\r\n')
  await begun
  return socket
}

describe('the limit of open connections', () => {
  it('keeps a server available although silent connections fill it, and is logged once', async () => {
    const stage = await listening(4)
    const [oldest] = [await stage.silent(), await stage.silent(), await stage.silent(), await stage.silent()]
    const closed = once(oldest, 'close')

    for (let i = 0; i < 6; i++) expect(await stage.ask('/')).toBe('here')

    await closed
    expect(stage.open.count).toBeLessThanOrEqual(4)
    expect(stage.lines).toEqual([expect.stringContaining('The connection limit is reached')])
  })

  it('closes a new connection, and none with a request, when all others have one', async () => {
    const stage = await listening(2)
    const working = [await begin(stage), await begin(stage)]

    await expect(stage.ask('/')).rejects.toThrow()

    for (const response of stage.waiting) response.end('late')
    for (const socket of working) expect(String((await once(socket, 'data'))[0])).toContain('late')
  })

  it('closes connections without a request after a moment, and others after their response', async () => {
    const stage = await listening(10, 1)
    const silent = await stage.silent()
    const working = await begin(stage)
    const [silentClosed, workingClosed] = [once(silent, 'close'), once(working, 'close')]

    stage.open.closeGently()
    await silentClosed
    stage.waiting[0]!.end('late')

    expect(String((await once(working, 'data'))[0])).toContain('late')
    await workingClosed
  })

  it('answers a request that a proxy was sending while the server closed, and closes its connection', async () => {
    const stage = await listening(10, 60_000)
    const [silent, used] = [await stage.silent(), await stage.silent()]
    used.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(used, 'data')

    stage.open.closeGently()
    stage.server.close()

    for (const socket of [silent, used]) {
      const closed = once(socket, 'close')
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      expect(String((await once(socket, 'data'))[0])).toContain('200 OK')
      await closed
    }
  })

  it.each([
    ['90', 15],
    ['1024', 482],
    ['20', 8],
    ['1048576', 5000],
    ['unlimited', 5000],
  ])('keeps a reserve of file handles: of %s it uses %d', (limit, most) => {
    expect(mostConnections(`Max open files            ${limit}    1048576    files\n`)).toBe(most)
  })
})
