import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readSentEvents } from './sse.ts'

const TEXT = 'retry: 5\n\n: comment\nid:7\r\ndata: {"a":\r\ndata:"ü€"}\r\n\r\n\nevent: ping\rdata\r\rid: 8\ndata: cut'
const EVENTS = [
  { name: 'message', data: '', id: undefined, retryMs: 5 },
  { name: 'message', data: '{"a":\n"ü€"}', id: '7', retryMs: undefined },
  { name: 'ping', data: '', id: undefined, retryMs: undefined },
]

it('reads the same events wherever the stream is cut into chunks, and none that is incomplete', async () => {
  const bytes = new TextEncoder().encode(TEXT)
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length), { maxLength: bytes.length }), async (cuts) => {
      const places = [0, ...cuts.sort((a, b) => a - b), bytes.length]
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
      const body = ReadableStream.from(chunks) as ReadableStream<Uint8Array>

      const events = []
      for await (const event of readSentEvents(body)) events.push(event)
      expect(events).toEqual(EVENTS)
    }),
  )
})
