import { connect, type AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { newId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import { createTestApp, createTestClock, storeEmailAccount, TEST_PASSWORD, testDatabase } from '../../test/kit/index.ts'
import { formatDisposition } from './attachments/download.ts'

const database = await testDatabase()
const clock = createTestClock()
const notified: { subscriptionRemoteId: string; clientState: Secret; lifecycleEvent?: string | undefined }[] = []
const { app, ask, person, rooms } = await createTestApp(database, clock, {
  heartbeatMs: 100,
  sync: {
    wake: () => Promise.resolve(),
    lookedAt: () => Promise.resolve(),
    unfiledCount: () => Promise.resolve(0),
    reconciledOf: () => Promise.resolve([]),
    notified: async (notification) => {
      notified.push(notification)
      if (notification.subscriptionRemoteId === 'broken') throw new TypeError('a bug')
    },
  },
})
const admin = await person('admin')

describe('the canonical address', () => {
  it('redirects a browser with another name before any cookie is set there', async () => {
    const answer = await ask('GET /v1/session?a=b', { headers: { host: '127.0.0.1:8400' } })
    expect(answer).toMatchObject({ status: 308, headers: { location: 'http://localhost:8400/v1/session?a=b' } })
    // Only the count of redirects, which ends a loop.
    expect(answer.headers['set-cookie']).toMatch(/^postkey\.redirects=1; Max-Age=5;[^,]*$/)
  })

  it("can't be used as an open redirect", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.webPath(),
        fc.constantFrom('', '/', '//evil.example', '/\\evil.example', '@evil.example'),
        async (path, start) => {
          const { headers } = await ask(`GET /${start}${path}`, { headers: { host: 'evil.example' } })
          expect(new URL(String(headers.location)).host).toBe('localhost:8400')
        },
      ),
      { numRuns: 50 },
    )
  })

  it('is not enforced for health checks from programs on the machine', async () => {
    expect((await ask('GET /healthz', { headers: { host: '10.0.0.7' } })).status).toBe(200)
    expect((await ask('GET /metrics', { as: admin, headers: { host: '10.0.0.7' } })).status).toBe(200)
  })

  it('causes no loop behind a proxy that sets its own name in Host', async () => {
    const headers = { host: 'upstream:8400', 'x-forwarded-host': 'localhost:8400' }
    expect((await ask('GET /v1/openapi.json', { headers })).status).toBe(200)
  })
})

describe('another site', () => {
  const close = `POST /v1/conversations/${newId()}/close`

  it.each([
    ['another origin', 'https://evil.example'],
    ['no origin at all', undefined],
    ['the origin of a sandboxed frame', 'null'],
    ['another scheme, as behind a proxy that PUBLIC_URL does not know of', 'https://localhost:8400'],
  ])("can't change anything with the cookies of a browser: %s", async (_which, origin) => {
    const answer = await ask(close, { as: admin, headers: { origin } })
    expect(answer).toMatchObject({ status: 403, body: { code: 'http.wrong_origin' } })
    expect((answer.body as { fix: string }).fix).toContain('PUBLIC_URL')
  })

  it("can't sign a browser in as a different user", async () => {
    const body = { email: admin.email, password: TEST_PASSWORD }
    const answer = await ask('POST /v1/session', { body, headers: { origin: 'https://evil.example' } })
    expect(answer).toMatchObject({ status: 403, body: { code: 'http.wrong_origin' } })
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  it("can't post a form as plain text", async () => {
    const answer = await ask('POST /v1/invitations', {
      as: admin,
      headers: { 'content-type': 'text/plain' },
      payload: '{"email":"x@contoso.example","name":"x","role":"admin"}',
    })
    expect(answer).toMatchObject({ status: 400, body: { code: 'http.invalid_request' } })
  })

  it('is not refused as the origin of a request with an API key', async () => {
    const { key } = await rooms.people.apiKeys.create(
      { name: 'K', scopes: ['admin:write'], emailAccountIds: 'all' },
      admin.id,
    )
    const as = { authorization: `Bearer ${key.reveal()}` }
    const answer = await ask(`POST /v1/alert-webhooks/${newId()}/test`, { as, headers: { origin: undefined } })
    expect(answer).toMatchObject({ status: 404, body: { code: 'webhooks.not_found' } })
  })
})

it('reports the limit of requests to API keys and clients without a sign-in, also for refused keys', async () => {
  const { key } = await rooms.people.apiKeys.create(
    { name: 'K', scopes: ['mail:read'], emailAccountIds: 'all' },
    admin.id,
  )
  const limitFor = async (as?: { cookie?: string; authorization?: string }) =>
    (await ask('GET /v1/tags', { as })).headers['ratelimit']
  const left = (header: unknown) => Number(/^"\w+";r=(\d+);t=\d+$/.exec(String(header))?.[1])

  expect(await limitFor({ authorization: `Bearer ${key.reveal()}` })).toMatch(/^"key";r=29999;t=/)
  const first = left(await limitFor())
  expect(left(await limitFor({ authorization: 'Bearer postkey_wrong' }))).toBe(first - 1)
  const narrow = await rooms.people.apiKeys.create(
    { name: 'N', scopes: ['mail:read'], emailAccountIds: 'all', allowedNetworks: ['203.0.113.0/24'] },
    admin.id,
  )
  expect(left(await limitFor({ authorization: `Bearer ${narrow.key.reveal()}` }))).toBe(first - 2)
  await database.pool.query('UPDATE api_keys SET expires_at = created_at WHERE name = $1', ['N'])
  const expired = await ask('GET /v1/tags', { as: { authorization: `Bearer ${narrow.key.reveal()}` } })
  expect(expired.body).toMatchObject({ code: 'people.api_key_expired' })
  expect(left(expired.headers['ratelimit'])).toBe(first - 3)
  expect(await limitFor(admin)).toBeUndefined()
})

describe('a problem response', () => {
  it('has all fields of RFC 9457 and of our catalog', async () => {
    const answer = await ask('GET /v1/nothing')
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.body).toEqual({
      type: '/docs/errors/http.not_found',
      title: expect.any(String) as string,
      status: 404,
      detail: expect.any(String) as string,
      code: 'http.not_found',
      remedy: 'admin',
      fix: expect.any(String) as string,
      traceId: expect.any(String) as string,
    })
  })

  it('names each invalid field, the expected value and the fix', async () => {
    const body = { email: 'not an address', name: '', role: 'boss', extra: 1 }
    const answer = await ask('POST /v1/invitations', { as: admin, body })
    expect(answer).toMatchObject({ status: 400, body: { code: 'http.invalid_request' } })
    expect((answer.body as { faults: unknown }).faults).toEqual([
      { field: 'body.email', expected: 'an email address, such as support@contoso.com', fix: 'Correct body.email.' },
      { field: 'body.name', expected: 'at least 1 characters', fix: 'Make body.name longer.' },
      {
        field: 'body.role',
        expected: 'one of "admin", "supervisor", "agent", "auditor"',
        fix: 'Use one of these values for body.role.',
      },
      { field: 'body', expected: 'no field extra', fix: 'Remove it, or look up its correct name in openapi.json.' },
    ])
  })

  it.each([
    ['an id that is none', `GET /v1/people/1`, 'params.id'],
    ['a query that is none', `GET /v1/audit?limit=9999`, 'query.limit'],
  ])('reports %s', async (_what, at, field) => {
    expect(await ask(at, { as: admin })).toMatchObject({ status: 400, body: { faults: [{ field }] } })
  })

  it('accepts the type of JSON without a body, as clients send it, where a route has none', async () => {
    const empty = { as: admin, payload: '', headers: { 'content-type': 'application/json' } }
    const rotated = await ask(`POST /v1/webhooks/${newId()}/secret`, empty)
    expect(rotated).toMatchObject({ status: 404, body: { code: 'webhooks.not_found' } })
    expect(await ask('POST /v1/tags', empty)).toMatchObject({ status: 400, body: { faults: [{ field: 'body' }] } })
  })

  it('reports invalid JSON, and a body that is too large', async () => {
    const broken = { as: admin, payload: '{"email":', headers: { 'content-type': 'application/json' } }
    expect(await ask('POST /v1/invitations', broken)).toMatchObject({
      status: 400,
      body: { code: 'http.invalid_request' },
    })
    const huge = { ...broken, payload: JSON.stringify({ name: 'x'.repeat(1024 * 1024) }) }
    expect(await ask('POST /v1/invitations', huge)).toMatchObject({
      status: 413,
      body: { code: 'http.body_too_large' },
    })
  })

  it("carries the server's time, from which browsers calculate elapsed times", async () => {
    clock.advance(90 * 60_000)
    expect((await ask('GET /v1/session')).headers['date']).toBe(clock.now().toUTCString())
  })

  it.each([
    ['has a percent sign that begins nothing', '/v1/%'],
    ['has a percent sign that begins nothing, in an id', '/v1/people/%E0%A4%A'],
    ['is longer in one part than any id', `/v1/people/${'a'.repeat(300)}`],
  ])('is sent, with all standard headers, for an address that %s', async (_which, path) => {
    const answer = await ask(`GET ${path}`)
    expect(answer).toMatchObject({
      status: 400,
      headers: { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' },
      body: { code: 'http.invalid_request', faults: [{ field: 'path' }] },
    })
    expect(answer.headers['content-type']).toContain('application/problem+json')
  })

  it.each([
    ['is none at all', 'NONSENSE\r\n\r\n', 400],
    ['has headers without end', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
  ])('is sent for a request that %s, although it is not parsed', async (_which, request, status) => {
    const socket = connect({ port: await port(), host: 'localhost' })
    socket.end(request)
    const [head, body] = (await readText(socket)).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(head!.toLowerCase()).toContain('content-type: application/problem+json')
    expect(head!.toLowerCase()).toContain('x-content-type-options: nosniff')
    expect(JSON.parse(body!)).toMatchObject({ status, code: 'http.invalid_request', faults: [{ field: 'request' }] })
  })

  it.each([
    ['POST /v1/invitations', { email: 'x@contoso.example', role: 'agent' }],
    ['POST /v1/api-keys', { scopes: ['mail:read'], emailAccountIds: 'all' }],
    [`PATCH /v1/email-accounts/${newId()}`, {}],
    ['POST /v1/links/accept', { token: 'x', password: TEST_PASSWORD }],
  ])("names the field of a name that can't be stored: %s", async (at, body) => {
    for (const name of ['a\0b', 'a\ud83d', 'a\nb']) {
      const answer = await ask(at, { as: admin, body: { ...body, name } })
      expect(answer).toMatchObject({ status: 400, body: { faults: [{ field: 'body.name' }] } })
    }
  })

  it('never repeats input such as a password', async () => {
    const { text } = await ask('POST /v1/session', { body: { email: 'x', password: 'hunter2-hunter2' } })
    expect(text).not.toContain('hunter2')
  })
})

describe('every response', () => {
  it.each(['GET /v1/nothing', 'GET /healthz', 'GET /v1/session'])(
    'forbids frames, content sniffing and caching: %s',
    async (at) => {
      expect((await ask(at)).headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'none'") as string,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'permissions-policy': expect.stringMatching(/\bcamera=\(\).*\bgeolocation=\(\).*\bmicrophone=\(\)/) as string,
      })
    },
  )

  it('lets the browser use passkeys on the pages of Postkey', async () => {
    // Without the feature in the list, pages of the same origin may use it (WebAuthn Level 3 §5.9).
    expect((await ask('GET /healthz')).headers['permissions-policy']).not.toContain('publickey-credentials')
  })

  it('on an https address requires https from browsers from then on, without affecting other hosts', async () => {
    const publicUrl = new URL('https://mail.contoso.example')
    const secure = await createTestApp(database, clock, { publicUrl })
    for (const at of ['GET /v1/nothing', 'GET /healthz', 'POST /v1/session']) {
      expect((await secure.ask(at)).headers['strict-transport-security']).toBe('max-age=15552000')
    }
    // Browsers ignore the header over http (RFC 6797 §8.1), and localhost must stay reachable without TLS.
    expect((await ask('GET /healthz')).headers['strict-transport-security']).toBeUndefined()
  })
})

describe('signing in', () => {
  it('leads from the link of the first admin to a session, and ends with a sign-out', async () => {
    const { url } = await rooms.people.links.invite(
      { email: 'walker@contoso.example', name: 'Walker', role: 'agent', emailAccountIds: [] },
      'test',
    )
    const token = new URL(url.reveal()).hash.slice(1)
    expect(await ask('POST /v1/links/preview', { body: { token } })).toMatchObject({
      status: 200,
      body: { name: 'Walker' },
    })
    const joined = await ask('POST /v1/links/accept', { body: { token, password: 'a good long password' } })
    expect(joined).toMatchObject({ status: 201, body: { email: 'walker@contoso.example', role: 'agent' } })

    const lines = joined.headers['set-cookie'] as string[]
    expect(lines).toHaveLength(3)
    for (const line of lines) expect(line).toMatch(/; Path=\/.*HttpOnly.*SameSite=Lax/)
    const cookie = lines.map((line) => line.split(';')[0]).join('; ')
    expect(await ask('GET /v1/session', { as: { cookie } })).toMatchObject({ status: 200, body: { name: 'Walker' } })

    expect((await ask('DELETE /v1/session', { as: { cookie } })).status).toBe(204)
    expect((await ask('GET /v1/session', { as: { cookie } })).status).toBe(401)
    expect(await ask('POST /v1/links/accept', { body: { token, password: 'a good long password' } })).toMatchObject({
      status: 410,
      body: { code: 'people.link_ended' },
    })
  })

  it('is possible by a link even after too many wrong passwords', async () => {
    const { id, email } = await person('agent')
    const wrong = { email, password: 'wrong password' }
    for (let n = 0; n < 10; n++) await ask('POST /v1/session', { body: wrong })
    expect((await ask('POST /v1/session', { body: wrong })).status).toBe(429)
    const { url } = await rooms.people.links.reset(id, 'test')
    const token = new URL(url.reveal()).hash.slice(1)

    const body = { token, password: 'another horse battery' }
    expect(await ask('POST /v1/links/accept', { body })).toMatchObject({ status: 201, body: { id } })
  })

  it('renews the browser session, so that a planted one becomes invalid', async () => {
    const planted = 'postkey.browser=' + 'p'.repeat(43)
    const body = { email: admin.email, password: TEST_PASSWORD }
    const { headers } = await ask('POST /v1/session', { body, as: { cookie: planted } })
    const browser = (headers['set-cookie'] as string[]).find((line) => line.startsWith('postkey.browser='))
    expect(browser).toBeDefined()
    expect(browser).not.toContain('pppp')
  })
})

describe('the callback from Microsoft', () => {
  it('leads to a page with the result and the next step, even for an unknown state', async () => {
    const answer = await ask('GET /oauth/callback?code=nobodys-code&state=unknown')
    expect(answer.status).toBe(409)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; base-uri/)
    expect(answer.text).toContain('tokens.state_unknown')
    expect(answer.text).toContain('You can close this page.')
    expect(answer.text).not.toContain('nobodys-code')
  })

  it('escapes the query in its page', async () => {
    const hostile = encodeURIComponent('"><script>alert(1)</script>')
    const { text } = await ask(`GET /oauth/callback?error=${hostile}&error_description=${hostile}&state=${hostile}`)
    expect(text).not.toContain('<script')
  })

  it('is accepted only from the browser that began the sign-in, by its cookie', async () => {
    const { cloudProviderId } = await storeEmailAccount(database, clock)
    const body = { cloudProviderId, kind: 'admin-consent' }
    const begun = await ask('POST /v1/authorizations', { as: admin, body })
    expect(begun).toMatchObject({ status: 201 })
    const [line] = [begun.headers['set-cookie']].flat()
    const state = new URL((begun.body as { url: string }).url).searchParams.get('state')!

    const query = new URLSearchParams({ state, error: 'access_denied', error_description: 'x' }).toString()
    const foreign = await ask(`GET /oauth/callback?${query}`, { as: { cookie: `postkey.browser=${'x'.repeat(43)}` } })
    expect(foreign.text).toContain('tokens.state_foreign')
    const own = await ask(`GET /oauth/callback?${query}`, { as: { cookie: String(line).split(';')[0]! } })
    expect(own.text).not.toContain('tokens.state_foreign')
  })
})

describe('a notification of Graph', () => {
  it('is validated by a handshake: the token is returned as plain text', async () => {
    const token = 'Validation: Testing client application reachability <b>%20</b>'
    const answer = await ask(`POST /graph/notifications?validationToken=${encodeURIComponent(token)}`, {
      headers: { 'content-type': 'text/plain; charset=utf-8', origin: undefined },
      payload: '',
    })
    expect(answer).toMatchObject({ status: 200, text: token })
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    })
  })

  it('is accepted at once and passed to sync, with its client state as a secret', async () => {
    const value = [
      { subscriptionId: 'broken', clientState: 's1', changeType: 'created' },
      { subscriptionId: 'sub-1', clientState: 's2', lifecycleEvent: 'missed' },
      { nonsense: true },
    ]
    expect(await ask('POST /graph/notifications', { body: { value }, headers: { origin: undefined } })).toMatchObject({
      status: 202,
      text: '',
    })
    await expect
      .poll(() => notified.map((each) => [each.subscriptionRemoteId, each.clientState.reveal(), each.lifecycleEvent]))
      .toEqual([
        ['broken', 's1', undefined],
        ['sub-1', 's2', 'missed'],
      ])
  })
})

describe('an attachment download', () => {
  it("can't end its header or start another, whatever its name", () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(formatDisposition(name)).toMatch(/^attachment; filename="attachment"; filename\*=UTF-8''[\w!.~%-]*$/)
      }),
    )
  })
})

describe('the event stream', () => {
  it("sends events of the caller's mailboxes from the given position, and ends when access to one is removed", async () => {
    const [ours, theirs] = [await storeEmailAccount(database, clock), await storeEmailAccount(database, clock)]
    const agent = await person('agent', [ours.id])
    const append = (emailAccountId: typeof ours.id, subjectId: string) =>
      database.transaction((tx) =>
        rooms.events.append(tx, {
          kind: 'message.removed',
          ...{ emailAccountId, subjectId, payload: { conversationId: 'any' }, at: clock.now() },
        }),
      )
    await append(ours.id, 'before')
    const { events } = await rooms.events.list({ emailAccountIds: [ours.id] })
    await append(theirs.id, 'foreign')
    await append(ours.id, 'missed')

    const answer = await fetch(`http://localhost:${await port()}/v1/events/stream`, {
      headers: {
        cookie: agent.cookie!,
        'last-event-id': String(events.at(-1)!.id),
        'x-forwarded-host': 'localhost:8400',
      },
    })
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    const until = async (part: string) => {
      while (!text.includes(part)) {
        const { value, done } = await reader.read()
        if (done) throw new Error(`the stream ended: ${text}`)
        text += value
      }
    }
    await until('"missed"')
    await append(ours.id, 'live')
    await until('"live"')
    expect(text).not.toContain('foreign')
    expect(text).not.toContain('before')
    expect(text).toMatch(/id: \d+\ndata: \{.*"kind":"message\.removed"/)

    await rooms.people.people.setMemberships(agent.id, [theirs.id], 'test')
    for (let ended = false; !ended;) ended = (await reader.read()).done
  })
})

/** Port of the server, which starts to listen on the first call. */
async function port(): Promise<number> {
  if (!app.server.listening) await app.listen({ port: 0, host: 'localhost' })
  return (app.server.address() as AddressInfo).port
}

it('a request has priority over imports until its response is sent, an event stream does not', async () => {
  const begin = vi.spyOn(rooms.requests, 'begin')
  expect((await ask('GET /v1/session', { as: admin })).status).toBe(200)
  expect(begin).toHaveBeenCalledTimes(1)
  await rooms.requests.idle(3_600_000)
  await ask('GET /v1/events/stream', { as: admin })
  expect(begin).toHaveBeenCalledTimes(1)
  begin.mockRestore()
})

describe('headers of responses', () => {
  it('name the methods of an address, for a method that it does not take', async () => {
    const refused = await ask('PUT /v1/tags', { as: admin, body: {} })
    expect(refused).toMatchObject({ status: 405, body: { code: 'http.method_not_allowed' } })
    expect(refused.headers.allow).toBe('GET, HEAD, POST')
    expect((await ask('PUT /v1/nothing', { as: admin, body: {} })).status).toBe(404)
  })

  it('have the id of the request, which is that of a problem', async () => {
    const { headers, body } = await ask('GET /v1/tags/nothing/here', { as: admin })
    expect(headers['x-request-id']).toBe((body as { traceId: string }).traceId)
  })

  it('have the address of a created object, where it is read or removed', async () => {
    const { id } = await storeEmailAccount(database, clock)
    const headers = { 'idempotency-key': 'located' }
    const body = { emailAccountId: id, to: [{ address: 'kim@customer.example' }], subject: 'Hello', text: 'Hello' }
    const sent = await ask('POST /v1/submissions', { as: admin, headers, body })
    expect(sent.headers.location).toBe(`/v1/submissions/${(sent.body as { id: string }).id}`)
    const invited = { email: 'new@contoso.example', name: 'New', role: 'agent', emailAccountIds: [] }
    const invitation = await ask('POST /v1/invitations', { as: admin, body: invited })
    expect(invitation.headers.location).toBe(`/v1/invitations/${(invitation.body as { id: string }).id}`)
  })
})
