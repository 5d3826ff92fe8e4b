/** Event stream over real sockets: a server that pings, and one that falls silent on an open connection. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, it, vi } from 'vitest'
import { EventSource as RealEventSource } from 'undici'
import { keepEventStream } from './event-stream.ts'

const EVERY_MS = 100
const streams: ServerResponse[] = []
const server = createServer((_, response) => {
  streams.push(response)
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(`event: ping\ndata: {"everyMs":${EVERY_MS}}\n\n`)
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
vi.stubGlobal('EventSource', RealEventSource)
afterAll(() => {
  vi.unstubAllGlobals()
  server.closeAllConnections()
  server.close()
})

it('is reopened when the server is silent on an open connection, and receives later events', async () => {
  const heard: string[] = []
  const stop = keepEventStream({
    open: () => new RealEventSource(url) as unknown as EventSource,
    onOpen: () => heard.push('open'),
    onLost: () => heard.push('lost'),
    onRefused: () => heard.push('refused'),
    onMessage: (data) => heard.push(data),
  })
  await expect.poll(() => heard.includes('open')).toBe(true)
  expect(streams[0]!.socket?.destroyed).toBe(false)

  await expect.poll(() => streams.length).toBe(2)
  streams[1]!.write('data: news\n\n')
  await expect.poll(() => heard.includes('news')).toBe(true)
  stop()

  expect(heard).toEqual(['open', 'lost', 'open', 'news'])
  await expect.poll(() => streams.every(({ destroyed, closed }) => destroyed || closed)).toBe(true)
})
