import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { json, problem, type Reply, startFailingServer } from '../test/failing-server.ts'
import type { PostkeyEvent } from './index.ts'

const QUICK = 'retry: 1\n\n'
const eventText = (id: number, more = '') => {
  return `id: ${id}\n${more}data: ${JSON.stringify({ id, kind: 'message.received', subject: `m-${id}` })}\n\n`
}

function stream(write: (response: ServerResponse) => void): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(QUICK)
    write(response)
  }
}

/** Reads until it has the number of events. */
async function take(events: AsyncGenerator<PostkeyEvent, void, undefined>, count: number): Promise<number[]> {
  const ids: number[] = []
  for await (const { id } of events) {
    if (ids.push(id) === count) break
  }
  return ids
}

it('follows events over cut streams, failures of the server and ended streams, each once', async () => {
  const { postkey, requests } = await startFailingServer([
    stream((response) => response.write(eventText(7) + eventText(8), () => response.socket!.destroy())),
    problem(503, 'database.unavailable', { 'retry-after': '0' }),
    stream((response) => response.end(eventText(10))),
    stream((response) => response.write(eventText(11))),
  ])

  expect(await take(postkey.events({ after: 6, kinds: ['message.*'], accounts: ['SUP'] }), 4)).toEqual([7, 8, 10, 11])
  expect(requests.map(({ headers }) => headers['last-event-id'])).toEqual(['6', '8', '8', '10'])
  expect(requests[3]!.url).toBe('/v1/events/stream?after=10&kinds=message.*&accounts=SUP')
})

it('asks for the position first, so that no event between two connections is missing', async () => {
  const { postkey, requests } = await startFailingServer([
    json({ events: [], next: 41, more: false }),
    stream((response) => response.end()),
    stream((response) => response.write(eventText(42))),
  ])

  expect(await take(postkey.events(), 1)).toEqual([42])
  expect(requests.map(({ url }) => url)).toEqual([
    '/v1/events?after=now&limit=1',
    '/v1/events/stream?after=41',
    '/v1/events/stream?after=41',
  ])
})

it('reconnects when pings are missing', async () => {
  const { postkey, requests } = await startFailingServer([
    stream((response) => response.write(`event: ping\ndata: {"everyMs":20}\n\n${eventText(7)}`)),
    stream((response) => response.write(eventText(8))),
  ])

  expect(await take(postkey.events({ after: 6 }), 2)).toEqual([7, 8])
  expect(requests).toHaveLength(2)
})

it('passes on no named events, which are not stored', async () => {
  const { postkey } = await startFailingServer([
    stream((response) => response.write(`event: presence\ndata: {"conversationId":"c"}\n\n${eventText(7)}`)),
  ])

  expect(await take(postkey.events({ after: 6 }), 1)).toEqual([7])
})

it('throws what the server refuses, at once', async () => {
  const { postkey, requests } = await startFailingServer([problem(403, 'http.scope_missing')])

  await expect(take(postkey.events({ after: 6 }), 1)).rejects.toMatchObject({ code: 'http.scope_missing' })
  expect(requests).toHaveLength(1)
})

it('throws a limit that does not end, instead of waiting for ever', async () => {
  const { postkey, requests } = await startFailingServer([
    problem(429, 'http.too_many_streams', { 'retry-after': '0' }),
  ])

  await expect(take(postkey.events({ after: 6 }), 1)).rejects.toMatchObject({ code: 'http.too_many_streams' })
  expect(requests.length).toBeLessThan(10)
})

it('waits for a server that is down, from its first request on, and through a limit after that', async () => {
  const down = problem(503, 'database.unavailable', { 'retry-after': '0' })
  const limit = problem(429, 'http.too_many_streams', { 'retry-after': '0' })
  const { postkey, requests } = await startFailingServer([
    ...[down, down, down, down, down, down, limit],
    json({ events: [], next: 41, more: false }),
    ...[down, down, down, down, down, down, limit],
    stream((response) => response.write(eventText(42))),
  ])

  expect(await take(postkey.events(), 1)).toEqual([42])
  expect(requests).toHaveLength(16)
})

it('closes the connection when the reader stops', async () => {
  const closed = Promise.withResolvers<undefined>()
  const { postkey } = await startFailingServer([
    stream((response) => {
      response.on('close', () => closed.resolve(undefined))
      response.write(eventText(7))
    }),
  ])

  await take(postkey.events({ after: 6 }), 1)
  await closed.promise
})

it('ends by the signal while it waits for an event, and throws its reason', async () => {
  const controller = new AbortController()
  const { postkey } = await startFailingServer([stream((response) => response.write(eventText(7)))])
  const ids: number[] = []
  const reading = async () => {
    for await (const { id } of postkey.events({ after: 6, signal: controller.signal })) {
      ids.push(id)
      setImmediate(() => controller.abort(new Error('Enough')))
    }
  }

  await expect(reading()).rejects.toThrow(/^Enough$/)
  expect(ids).toEqual([7])
})
