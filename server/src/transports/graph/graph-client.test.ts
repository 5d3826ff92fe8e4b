import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/errors.ts'
import {
  json,
  openStrictGraph,
  refusal,
  StrictGraph,
  wireMessage,
} from '../../../test/transports/graph/strict-graph.ts'

const CHALLENGE = '{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}'
const LETTER = {
  messageId: 'a@contoso.example',
  sentAt: new Date('2026-11-24T10:00:00Z'),
  from: { name: '', address: 'ben@contoso.example' },
  to: [{ name: '', address: 'kim@customer.example' }],
  cc: [],
  bcc: [],
  subject: 'Hello',
  text: 'Hello',
  inReplyTo: [],
  references: [],
  attachments: [],
}

describe('a Graph request', () => {
  it("uses `me` for the person's own mailbox, and the address for every other one", async () => {
    const graph = new StrictGraph(() => json(wireMessage('m')))

    await openStrictGraph(graph).transport.reading.fetchMessage('m')
    await openStrictGraph(graph, { address: "o'neil@contoso.example" }).transport.reading.fetchMessage('a/../b?c#d')

    expect(graph.asked[0]!.url.pathname).toBe('/v1.0/me/messages/m')
    expect(graph.asked[1]!.url.pathname).toBe('/v1.0/users/o%27neil%40contoso.example/messages/a%2F..%2Fb%3Fc%23d')
  })

  it.each(['', '.', '..'])('rejects an id that would change the path: %j', async (id) => {
    const graph = new StrictGraph(() => json(wireMessage('m')))

    await expect(openStrictGraph(graph).transport.reading.fetchMessage(id)).rejects.toBeInstanceOf(TypeError)
    expect(graph.asked).toEqual([])
  })

  it('replaces a refused token once', async () => {
    const graph = new StrictGraph(() => json(wireMessage('m')))
    graph.validToken = 'token-2'
    const { transport, discarded } = openStrictGraph(graph)

    expect(await transport.reading.fetchMessage('m')).toMatchObject({ remoteId: 'm' })
    expect(discarded).toEqual([undefined])
  })

  it('fails after two refused tokens, without a third try', async () => {
    const graph = new StrictGraph(() => json({}))
    graph.validToken = 'token-9'
    const { transport } = openStrictGraph(graph)

    await expect(transport.reading.fetchMessage('m')).rejects.toMatchObject({
      code: 'transports.access_token_refused',
      upstream: { status: 401, requestId: 'request-7' },
    })
    expect(graph.asked).toHaveLength(2)
  })

  it('requires a sign-in with the claims if a new token is not sufficient for Graph', async () => {
    const header = `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(CHALLENGE).toString('base64')}"`
    const graph = new StrictGraph(() => {
      graph.validToken = 'token-2'
      return refusal(401, 'InvalidAuthenticationToken', { 'www-authenticate': header })
    })
    const { transport, discarded } = openStrictGraph(graph)

    await expect(transport.reading.fetchMessage('m')).rejects.toMatchObject({
      code: 'transports.sign_in_challenged',
      remedy: 'sign-in',
      upstream: { claims: CHALLENGE },
    })
    expect(discarded).toEqual([CHALLENGE])
  })

  it.each([
    ['1', 1000],
    ['30', 30_000],
    ['Tue, 24 Nov 2026 10:00:20 GMT', 20_000],
  ])('waits for Retry-After: %s', async (retryAfter, ms) => {
    let refused = 0
    const graph = new StrictGraph(() =>
      refused++ === 0 ? refusal(429, 'ApplicationThrottled', { 'retry-after': retryAfter }) : json(wireMessage('m')),
    )
    const { transport, clock } = openStrictGraph(graph)
    const before = clock.now().getTime()

    await transport.reading.fetchMessage('m')

    expect(clock.now().getTime() - before).toBe(ms)
    expect(graph.asked).toHaveLength(2)
  })

  it('uses exponential backoff with jitter without Retry-After', async () => {
    const graph = new StrictGraph(() => refusal(429, 'TooManyRequests'))
    const { transport, waits } = openStrictGraph(graph, { random: () => 0.5 })

    await expect(transport.reading.fetchMessage('m')).rejects.toMatchObject({
      code: 'transports.throttled',
      remedy: 'wait',
    })

    expect(waits).toEqual([500, 1000, 2000, 4000])
    expect(graph.asked).toHaveLength(5)
  })

  it('fails at once on a long Retry-After, and sends nothing until then', async () => {
    const graph = new StrictGraph(() => refusal(429, 'ApplicationThrottled', { 'retry-after': '3600' }))
    const { transport, clock } = openStrictGraph(graph)
    const retryAt = new Date(clock.now().getTime() + 3_600_000)
    const told = { code: 'transports.throttled', upstream: { retryAt } }

    await expect(transport.reading.fetchMessage('m')).rejects.toMatchObject(told)
    await expect(transport.sending.sendDraft('m')).rejects.toMatchObject(told)

    expect(graph.asked).toHaveLength(1)
  })

  it('waits less than a minute in total, so that the failure is reported in time', async () => {
    const graph = new StrictGraph(() => refusal(429, 'ApplicationThrottled', { 'retry-after': '20' }))
    const { transport, clock } = openStrictGraph(graph, { random: () => 0 })
    const before = clock.now().getTime()

    await expect(transport.reading.fetchMessage('m')).rejects.toMatchObject({ code: 'transports.throttled' })

    expect(clock.now().getTime() - before).toBe(20_000)
    expect(graph.asked).toHaveLength(2)
  })

  it('fails at once on a long Retry-After of an outage too', async () => {
    const graph = new StrictGraph(() => refusal(503, 'serviceNotAvailable', { 'retry-after': '3600' }))
    const { transport, waits } = openStrictGraph(graph)

    await expect(transport.reading.fetchMessage('m')).rejects.toMatchObject({ code: 'transports.unavailable' })

    expect(waits).toEqual([])
    expect(graph.asked).toHaveLength(1)
  })

  it('repeats repeatable requests during an outage', async () => {
    let failures = 0
    const graph = new StrictGraph(() => (failures++ < 2 ? refusal(503, 'serviceNotAvailable') : json(wireMessage('m'))))

    expect(await openStrictGraph(graph).transport.reading.fetchMessage('m')).toMatchObject({ remoteId: 'm' })
  })

  it('is repeated after a connection error', async () => {
    let failures = 0
    const graph = new StrictGraph(() => {
      if (failures++ < 2) throw new AppError('egress.unreachable')
      return json(wireMessage('m'))
    })

    expect(await openStrictGraph(graph).transport.reading.fetchMessage('m')).toMatchObject({ remoteId: 'm' })
  })

  it('is repeated if the response is truncated', async () => {
    let failures = 0
    const graph = new StrictGraph(() => {
      if (failures++ > 0) return json(wireMessage('m'))
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"id":'))
          controller.error(new TypeError('terminated'))
        },
      })
      return new Response(body, { status: 200 })
    })

    expect(await openStrictGraph(graph).transport.reading.fetchMessage('m')).toMatchObject({ remoteId: 'm' })
  })

  it.each([
    ['the line is cut', () => Promise.reject(new AppError('egress.unreachable'))],
    ['Graph is unwell', () => Promise.resolve(refusal(503, 'serviceNotAvailable'))],
    ['a gateway gives up', () => Promise.resolve(refusal(504, 'UnknownError', { 'retry-after': '5' }))],
  ])('is never repeated for a draft, because the outcome is unknown when %s', async (_what, answer) => {
    const graph = new StrictGraph(answer)

    await expect(openStrictGraph(graph).transport.sending.sendDraft('m')).rejects.toMatchObject({ remedy: 'wait' })
    await expect(openStrictGraph(graph).transport.sending.createDraft(LETTER)).rejects.toMatchObject({ remedy: 'wait' })
    expect(graph.asked.map(({ method }) => method)).toEqual(['POST', 'POST'])
  })

  it('is repeated for a draft if Graph throttled it', async () => {
    let refused = 0
    const graph = new StrictGraph(() =>
      refused++ === 0
        ? refusal(429, 'ApplicationThrottled', { 'retry-after': '1' })
        : new Response(null, { status: 202 }),
    )

    await openStrictGraph(graph).transport.sending.sendDraft('m')

    expect(graph.asked).toHaveLength(2)
  })

  it("treats a proxy's page as an outage", async () => {
    const graph = new StrictGraph(() => new Response('<html>Sign in to the network</html>', { status: 200 }))

    await expect(openStrictGraph(graph).transport.reading.fetchMessage('m')).rejects.toMatchObject({
      code: 'transports.unavailable',
    })
  })

  it('limits the size of the response', async () => {
    const graph = new StrictGraph(() => json({ id: 'x', displayName: 'a'.repeat(5 * 1024 * 1024) }))

    await expect(openStrictGraph(graph).transport.reading.listFolders()).rejects.toMatchObject({
      code: 'transports.answer_too_large',
    })
  })

  it('is one of at most three concurrent requests per mailbox', async () => {
    const graph = new StrictGraph(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      return json(wireMessage('m'))
    })
    const { transport } = openStrictGraph(graph)

    await Promise.all(Array.from({ length: 50 }, () => transport.reading.fetchMessage('m')))

    expect(graph.mostAtOnce).toBe(3)
    expect(graph.complaints).toEqual([])
  })
})

describe('a link in a Graph response', () => {
  const LINKS = [
    'https://evil.test/v1.0/me/messages',
    'https://graph.test.evil.test/v1.0/me',
    'https://graph.test@evil.test/v1.0/me',
    'http://graph.test/v1.0/me',
    'https://graph.test:8443/v1.0/me',
    '//evil.test/v1.0/me',
    'file:///etc/passwd',
    'not a link',
  ]
  const FOLLOWING = LINKS.flatMap((link) => [['@odata.nextLink', link] as const, ['@odata.deltaLink', link] as const])

  it.each(FOLLOWING)('to another origin is rejected, and no token is sent there: %s %s', async (following, link) => {
    const graph = new StrictGraph(({ url }) =>
      url.pathname.endsWith('/mailFolders')
        ? json({ value: [], '@odata.nextLink': link })
        : url.pathname.endsWith('/delta')
          ? json({ value: [wireMessage('m')], [following]: link })
          : url.pathname.endsWith('/attachments')
            ? json({ value: [], '@odata.nextLink': link })
            : json({ id: 'folder' }),
    )
    const { transport } = openStrictGraph(graph)
    const foreign = { code: 'transports.foreign_link' }

    await expect(transport.reading.listFolders()).rejects.toMatchObject(foreign)
    await expect(transport.reading.listAttachments('m')).rejects.toMatchObject(foreign)
    const told: unknown[] = []
    const reading = async () => {
      for await (const page of transport.reading.changes('folder', undefined, { since: new Date(0) })) told.push(page)
    }
    await expect(reading()).rejects.toMatchObject(foreign)
    expect(told).toEqual([])
    const stored = { at: 'changes', link }
    await expect(
      transport.reading
        .changes('folder', stored, { since: new Date(0) })
        [Symbol.asyncIterator]()
        .next(),
    ).rejects.toMatchObject(foreign)

    expect(graph.asked.every(({ url }) => url.origin === 'https://graph.test')).toBe(true)
  })

  it.each(['https://evil.test/upload', 'http://exchange.test/upload', 'https://exchange.test@evil.test/', 'x'])(
    'to an unknown upload host gets no file: %s',
    async (uploadUrl) => {
      const graph = new StrictGraph(() => json({ uploadUrl }, 201))
      const attachment = { name: 'a', contentType: 'a/b', isInline: false, content: Buffer.alloc(4_000_000) }

      await expect(openStrictGraph(graph).transport.sending.attach('m', attachment)).rejects.toMatchObject({
        code: 'transports.foreign_link',
      })
      expect(graph.asked).toHaveLength(1)
    },
  )
})
