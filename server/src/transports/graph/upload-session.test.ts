import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/errors.ts'
import { type Asked, json, openStrictGraph, refusal, StrictGraph } from '../../../test/transports/graph/strict-graph.ts'
import { PIECE_BYTES } from './upload-session.ts'

const UPLOAD_URL = 'https://exchange.test/upload?authtoken=secret'
const SIZE = 3 * PIECE_BYTES + 7

/** Upload session that accepts only pieces in order, like Exchange. */
function sessionAtExchange(before: (put: number) => Response | undefined = () => undefined) {
  let received = 0
  let puts = 0
  const ranges: string[] = []
  const graph = new StrictGraph(({ method, url, headers }: Asked) => {
    if (url.pathname.endsWith('/createUploadSession')) return json({ uploadUrl: UPLOAD_URL }, 201)
    if (method === 'GET') return json({ nextExpectedRanges: [`${received}-`] })
    const range = headers['content-range']!
    ranges.push(range)
    const [, from, to, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range)!.map(Number)
    const answer = before(++puts)
    if (answer) return answer
    if (from !== received) return refusal(416, 'invalidRange')
    received = to! + 1
    return received === total ? new Response(null, { status: 201 }) : json({ nextExpectedRanges: [String(received)] })
  })
  const attach = () =>
    openStrictGraph(graph).transport.sending.attach('m', {
      name: 'plans.pdf',
      contentType: 'application/pdf',
      isInline: false,
      content: Buffer.alloc(SIZE),
    })
  return { graph, attach, ranges, received: () => received, lose: (bytes: number) => (received -= bytes) }
}

describe('an upload of a large file', () => {
  it('sends pieces of a multiple of 320 KiB, in order, to a URL that gets no token', async () => {
    const { graph, attach, ranges, received } = sessionAtExchange()

    await attach()

    expect(PIECE_BYTES % (320 * 1024)).toBe(0)
    expect(PIECE_BYTES).toBeLessThan(4 * 1024 * 1024)
    expect(received()).toBe(SIZE)
    expect(ranges).toHaveLength(4)
    expect(graph.complaints).toEqual([])
  })

  it("resumes at the server's position if the connection breaks before a piece arrives", async () => {
    const { attach, received, ranges } = sessionAtExchange((put) => {
      if (put === 2) throw new AppError('egress.unreachable')
      return undefined
    })

    await attach()

    expect(received()).toBe(SIZE)
    expect(ranges[2]).toBe(ranges[1])
  })

  it("resumes at the server's position if the server lost a piece", async () => {
    const session = sessionAtExchange((put) => {
      if (put !== 3) return undefined
      session.lose(PIECE_BYTES)
      return refusal(503, 'serviceNotAvailable')
    })

    await session.attach()

    expect(session.received()).toBe(SIZE)
    expect(session.ranges).toHaveLength(6)
  })

  it('fails with an error that allows a new attempt if the session is gone', async () => {
    const graph = new StrictGraph(({ url, method }) => {
      if (url.pathname.endsWith('/createUploadSession')) return json({ uploadUrl: UPLOAD_URL }, 201)
      if (method === 'GET') return refusal(404, 'ErrorItemNotFound')
      throw new AppError('egress.timed_out')
    })
    const content = Buffer.alloc(SIZE)
    const attachment = { name: 'a', contentType: 'a/b', isInline: false, content }

    await expect(openStrictGraph(graph).transport.sending.attach('m', attachment)).rejects.toMatchObject({
      code: 'transports.unavailable',
      remedy: 'wait',
    })
  })

  it('is abandoned if no piece makes progress', async () => {
    const graph = new StrictGraph(({ url }) =>
      url.pathname.endsWith('/createUploadSession')
        ? json({ uploadUrl: UPLOAD_URL }, 201)
        : json({ nextExpectedRanges: ['0-'] }),
    )
    const attachment = { name: 'a', contentType: 'a/b', isInline: false, content: Buffer.alloc(SIZE) }

    await expect(openStrictGraph(graph).transport.sending.attach('m', attachment)).rejects.toMatchObject({
      remedy: 'wait',
    })
    expect(graph.asked.length).toBeLessThan(15)
  })

  it('keeps the session URL out of its errors', async () => {
    const { attach, ranges } = sessionAtExchange(() => refusal(400, 'BadRequest'))

    const error = await attach().catch((thrown: unknown) => thrown)

    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret')
    // A piece that Exchange rejects is not repeated.
    expect(ranges).toHaveLength(1)
  })
})
