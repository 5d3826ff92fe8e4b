/** Event stream over real sockets: a server that pings, and one that falls silent on an open connection. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, it, vi } from 'vitest'
import { EventSource as RealEventSource } from 'undici'
import { keepEventStream } from './event-stream.ts'

const EVERY_MS = 100
const SOON = { timeout: 20_000, interval: 50 }
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
  await vi.waitUntil(() => heard.includes('open'), SOON)
  expect(streams[0]!.socket?.destroyed).toBe(false)

  await vi.waitUntil(() => streams.length === 2, SOON)
  streams[1]!.write('data: news\n\n')
  await vi.waitUntil(() => heard.includes('news'), SOON)
  stop()

  expect(heard).toEqual(['open', 'lost', 'open', 'news'])
  await vi.waitUntil(() => streams.every(({ destroyed, closed }) => destroyed || closed), SOON)
})
