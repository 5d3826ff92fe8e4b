import { describe, expect, it } from 'vitest'
import { cut, json, problem, silent, startFailingServer } from '../test/failing-server.ts'
import { createPostkeyClient, PostkeyError } from './index.ts'

const TAG = { id: 't-1', name: 'VIP' }
const REPLY = { replyToMessageId: 'm-1', text: 'Hello' }

describe('a call', () => {
  it('sends the key, the encoded path, the query without undefined values, and the body', async () => {
    const { postkey, requests } = await startFailingServer([json({ messages: [] }), json(TAG)])

    await postkey.get('/v1/messages', { query: { from: '@customer.example', limit: 2, cursor: undefined! } })
    await postkey.patch('/v1/tags/{id}', { path: { id: 'a/b c' }, body: { name: 'VIP' } })

    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /v1/messages?from=%40customer.example&limit=2',
      'PATCH /v1/tags/a%2Fb%20c',
    ])
    expect(requests[1]).toMatchObject({
      headers: { authorization: 'Bearer postkey_test', 'content-type': 'application/json' },
      body: '{"name":"VIP"}',
    })
    expect(requests[1]!.headers).not.toHaveProperty('idempotency-key')
  })

  it.each(['', '.', '..'])('refuses the id "%s", by which a URL would lead to another route', async (id) => {
    const { postkey, requests } = await startFailingServer([json(TAG)])

    await expect(postkey.delete('/v1/tags/{id}', { path: { id } })).rejects.toThrow(TypeError)
    expect(requests).toEqual([])
  })

  it('returns undefined for 204', async () => {
    const { postkey } = await startFailingServer([(response) => void response.writeHead(204).end()])

    await expect(postkey.delete('/v1/tags/{id}', { path: { id: 't-1' } })).resolves.toBeUndefined()
  })

  it('returns a download as a stream, with its headers, before it is complete', async () => {
    let finish = () => {}
    const { postkey, requests } = await startFailingServer([
      (response) => {
        response.writeHead(206, { 'content-type': 'application/json' }).write('{"an":')
        finish = () => response.end('"attachment"}')
      },
    ])

    const download = await postkey.get('/v1/attachments/{id}/content', { path: { id: 'a-1' }, headers: { range: 'bytes=0-' } }) // prettier-ignore
    finish()

    expect([download.status, download.headers.get('content-type')]).toEqual([206, 'application/json'])
    expect(await download.text()).toBe('{"an":"attachment"}')
    expect(requests[0]!.headers.range).toBe('bytes=0-')
  })

  it.each([
    ['an address', { baseUrl: 'mail.example.com', apiKey: 'postkey_a' }],
    ['a key', { baseUrl: 'https://mail.example.com', apiKey: 'postkey_a\n' }],
    ['no key', { baseUrl: 'https://mail.example.com', apiKey: '' }],
  ])('is refused at once with %s that can’t be one', (_what, options) => {
    expect(() => createPostkeyClient(options)).toThrow(TypeError)
  })
})

describe('a failure', () => {
  it('is an error with the fields of the problem, the status and the id of the request', async () => {
    const { postkey } = await startFailingServer([problem(404, 'tags.not_found', { 'x-request-id': 'r-7' })])

    const error = await postkey
      .patch('/v1/tags/{id}', { path: { id: 't-1' }, body: {} })
      .catch((thrown: unknown) => thrown)

    expect(error).toBeInstanceOf(PostkeyError)
    expect(error).toMatchObject({ code: 'tags.not_found', status: 404, remedy: 'wait', fix: 'Wait.', requestId: 'r-7', title: 'Refused', detail: 'A detail' }) // prettier-ignore
    expect(String(error)).toBe(
      'PostkeyError: PATCH /v1/tags/t-1: Refused: A detail (tags.not_found, 404, request r-7). Wait.',
    )
  })

  it.each([
    ['a page of a proxy', 404, {}, 'admin'],
    ['a redirect, which is not followed', 301, { location: 'https://other.example/v1/tags' }, 'admin'],
    ['a proxy without a server', 502, {}, 'wait'],
  ])('has a code of the client for %s', async (_what, status, headers, remedy) => {
    const { postkey, requests } = await startFailingServer(
      [(response) => response.writeHead(status, headers).end('<html>Oh</html>')],
      { retries: 0 },
    )

    const error = await postkey.get('/v1/tags').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'client.unexpected_answer', status, remedy })
    expect(requests).toHaveLength(1)
  })

  it('has a code of the client for a success that is not JSON', async () => {
    const { postkey } = await startFailingServer([(response) => response.end('<html>')])

    await expect(postkey.get('/v1/tags')).rejects.toMatchObject({ code: 'client.unexpected_answer', status: 200 })
  })

  it('never has the key in its text', async () => {
    const { postkey } = await startFailingServer([cut], { retries: 0 })

    const error = (await postkey.get('/v1/tags').catch((thrown: unknown) => thrown)) as PostkeyError
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('postkey_test')
  })
})

describe('a retry', () => {
  const slowDown = problem(429, 'http.rate_limited', { 'retry-after': '0' })
  const unavailable = problem(503, 'database.unavailable', { 'retry-after': '0' })

  it.each([
    ['429', slowDown],
    ['503', unavailable],
    ['429 until a date', problem(429, 'http.rate_limited', { 'retry-after': new Date(0).toUTCString() })],
  ])('follows %s after Retry-After', async (_what, failure) => {
    const { postkey, requests } = await startFailingServer([failure, failure, json({ tags: [TAG] })])

    expect(await postkey.get('/v1/tags')).toEqual({ tags: [TAG] })
    expect(requests).toHaveLength(3)
  })

  it('follows a connection that is cut before the answer, and one in it', async () => {
    const cutInside = (response: Parameters<typeof cut>[0]) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"tags":', () => response.socket!.destroy())
    }
    const { postkey, requests } = await startFailingServer([cut, cutInside, json({ tags: [] })])

    expect(await postkey.get('/v1/tags')).toEqual({ tags: [] })
    expect(requests).toHaveLength(3)
  })

  it('follows an answer that does not come in time', async () => {
    const { postkey, requests } = await startFailingServer([silent, json({ tags: [] })])

    expect(await postkey.get('/v1/tags', { timeoutMs: 500 })).toEqual({ tags: [] })
    expect(requests).toHaveLength(2)
  })

  it('sends its own key once, in whatever case the header is given', async () => {
    const { postkey, requests } = await startFailingServer([json({ id: 's-1' })])
    await postkey.post('/v1/submissions', { body: REPLY, headers: { 'Idempotency-Key': 'order-1' } })
    expect(requests[0]!.headers['idempotency-key']).toBe('order-1')
  })

  it('repeats a message with the same random Idempotency-Key, and sends another message with another one', async () => {
    const { postkey, requests } = await startFailingServer([cut, slowDown, json({ id: 's-1' }, 201)])

    await postkey.post('/v1/submissions', { body: REPLY })
    await postkey.post('/v1/submissions', { body: REPLY })
    await postkey.post('/v1/submissions', { body: REPLY, idempotencyKey: 'order-4711' })

    const keys = requests.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toEqual([keys[0], keys[0], keys[0], expect.stringMatching(/^[\w-]{36}$/), 'order-4711'])
    expect(keys[3]).not.toBe(keys[0])
  })

  it.each([
    ['a POST without such a key', cut],
    ['a POST without such a key, also by the server', unavailable],
  ])('is not made of %s', async (_what, failure) => {
    const { postkey, requests } = await startFailingServer([failure, json(TAG, 201)])

    const close = postkey.post('/v1/conversations/{id}/close', { path: { id: 'c' } })
    await expect(close).rejects.toThrow(PostkeyError)
    expect(requests).toHaveLength(1)
  })

  it('waits for the answer of a first request that is still running', async () => {
    const running = problem(409, 'http.idempotency_in_progress', { 'retry-after': '0' })
    const { postkey, requests } = await startFailingServer([cut, running, running, json(TAG, 201)])

    expect(await postkey.post('/v1/tags', { body: { name: 'VIP', color: 'red' } })).toEqual(TAG)
    expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
    expect(requests).toHaveLength(4)
  })

  it('waits for it without using up its retries, longer than a crashed server blocks the key', async () => {
    const running = problem(409, 'http.idempotency_in_progress', { 'retry-after': '0' })
    const answers = [running, running, running, running, cut, running, json(TAG, 201)]
    const { postkey, requests } = await startFailingServer(answers, { retries: 1 })

    expect(await postkey.post('/v1/tags', { body: { name: 'VIP', color: 'red' } })).toEqual(TAG)
    expect(requests).toHaveLength(7)
  })

  it.each([400, 401, 403, 404, 409, 500])('is not made after %s', async (status) => {
    const { postkey, requests } = await startFailingServer([problem(status, 'a.code')])

    await expect(postkey.get('/v1/tags')).rejects.toMatchObject({ status })
    expect(requests).toHaveLength(1)
  })

  it('is not made after the last one, or when the server wants a longer wait than allowed', async () => {
    const patient = await startFailingServer([slowDown], { retries: 2 })
    await expect(patient.postkey.get('/v1/tags')).rejects.toMatchObject({ code: 'http.rate_limited', retryAfterMs: 0 })
    expect(patient.requests).toHaveLength(3)

    const later = await startFailingServer([problem(503, 'a.code', { 'retry-after': '61' })])
    await expect(later.postkey.get('/v1/tags')).rejects.toMatchObject({ retryAfterMs: 61_000 })
    expect(later.requests).toHaveLength(1)
  })
})

describe('a signal', () => {
  it('ends a request that has no answer, and throws its reason', async () => {
    const controller = new AbortController()
    const { postkey, requests } = await startFailingServer([() => controller.abort(new Error('Enough'))])

    const { signal } = controller
    await expect(postkey.post('/v1/tags', { body: { name: 'VIP' }, signal })).rejects.toThrow(/^Enough$/)
    expect(requests).toHaveLength(1)
  })

  it('ends a download', async () => {
    const controller = new AbortController()
    const { postkey } = await startFailingServer([(response) => response.writeHead(200).write('The beginning')])

    const download = await postkey.get('/v1/messages/{id}/source', { path: { id: 'm-1' }, signal: controller.signal })
    controller.abort(new Error('Enough'))
    await expect(download.text()).rejects.toThrow(/^Enough$/)
  })

  it('sends nothing when it has ended already', async () => {
    const { postkey, requests } = await startFailingServer([json({})])

    await expect(postkey.get('/v1/tags', { signal: AbortSignal.abort(new Error('Before')) })).rejects.toThrow(
      /^Before$/,
    )
    expect(requests).toEqual([])
  })
})

describe('lists in pages', () => {
  it('are read from page to page with the cursor of their route, and their filters stay', async () => {
    const { postkey, requests } = await startFailingServer([
      json({ messages: [{ id: 'm-1' }, { id: 'm-2' }], next: 'c/1' }),
      json({ messages: [], next: 'c/2' }),
      json({ messages: [{ id: 'm-3' }] }),
    ])

    const ids: string[] = []
    for await (const { id } of postkey.list('/v1/messages', { query: { before: '2026-03-01T00:00:00Z' } })) ids.push(id)

    expect(ids).toEqual(['m-1', 'm-2', 'm-3'])
    expect(requests.map(({ url }) => url)).toEqual([
      '/v1/messages?before=2026-03-01T00%3A00%3A00Z',
      '/v1/messages?before=2026-03-01T00%3A00%3A00Z&cursor=c%2F1',
      '/v1/messages?before=2026-03-01T00%3A00%3A00Z&cursor=c%2F2',
    ])
  })

  it('end, for events, when there are no more for the moment, and name where to continue', async () => {
    const { postkey, requests } = await startFailingServer([
      json({ events: [{ id: 3 }], next: 3, more: true }),
      json({ events: [{ id: 8 }], next: 9, more: false }),
    ])

    const positions: number[] = []
    for await (const { next } of postkey.pages('/v1/events', { query: { after: 2 } })) positions.push(next)

    expect(positions).toEqual([3, 9])
    expect(requests.map(({ url }) => url)).toEqual(['/v1/events?after=2', '/v1/events?after=3'])
  })

  it('ask for no further page when the reader has enough', async () => {
    const { postkey, requests } = await startFailingServer([json({ conversations: [{ id: 'c-1' }], next: 'n' })])

    for await (const { id } of postkey.list('/v1/conversations')) {
      expect(id).toBe('c-1')
      break
    }
    expect(requests).toHaveLength(1)
  })
})
