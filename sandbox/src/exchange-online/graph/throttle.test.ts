import fastify, { type FastifyInstance } from 'fastify'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { AccessTokenClaims } from '../../entra-id/index.ts'
import { openDatabase } from '../../kernel/database.ts'
import { createDirectory, seedTenants } from '../../tenants/index.ts'
import { GraphError } from './graph-error.ts'
import { registerThrottle, type ThrottleLimits } from './throttle.ts'
import { createSlidingWindow } from './throttle-window.ts'

const ANNA = '00000000-0000-4000-8000-000000000002'
const SUPPORT = '00000000-0000-4000-8000-000000000007'
const MINUTE_MS = 60_000

let sites: FastifyInstance[] = []
afterEach(async () => {
  await Promise.all(sites.map((site) => site.close()))
  sites = []
})

describe('throttling', () => {
  it("answers the fifth concurrent request with 429, Retry-After and Graph's error text", async () => {
    const { start } = setUp()
    const held = Array.from({ length: 4 }, () => start('/v1.0/me/messages'))

    const fifth = await start('/v1.0/me/messages').answer
    for (const { finish } of held) finish()

    expect(fifth.statusCode).toBe(429)
    expect(fifth.headers['retry-after']).toBe('1')
    expect(fifth.json()).toEqual({
      code: 'ApplicationThrottled',
      message: 'Application is over its MailboxConcurrency limit.',
    })
    expect((await Promise.all(held.map(({ answer }) => answer))).map(({ statusCode }) => statusCode)).toEqual(
      Array(4).fill(200),
    )
  })

  it('admits at most four requests at a time, and refuses none when there are fewer', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constant('start' as const), fc.nat(3)), { maxLength: 40 }),
        async (steps) => {
          const { start, running } = setUp()
          const held: ReturnType<typeof start>[] = []
          const refused: Promise<{ statusCode: number }>[] = []

          for (const step of steps) {
            if (step === 'start') {
              const before = held.length
              const request = start('/v1.0/me/messages')
              await request.arrived
              if (before < 4) held.push(request)
              else refused.push(request.answer)
            } else {
              const [done] = held.splice(step % Math.max(held.length, 1), 1)
              done?.finish()
              if (done) expect((await done.answer).statusCode).toBe(200)
            }
            expect(running()).toBe(held.length)
          }
          for (const { finish } of held) finish()
          for (const answer of await Promise.all(refused)) expect(answer.statusCode).toBe(429)
        },
      ),
      { numRuns: 100 },
    ))

  it('counts each mailbox and each application separately, and one mailbox once under all its names', async () => {
    const { start } = setUp()
    const held = ['/v1.0/users/anna@contoso.example/messages', `/v1.0/users/${ANNA}/messages`, '/v1.0/me/messages'].map(
      (url) => start(url),
    )
    held.push(start(`/v1.0/users/${ANNA.toUpperCase()}/messages`))

    expect((await start('/v1.0/me/messages').answer).statusCode).toBe(429)
    const others = [
      start(`/v1.0/users/${SUPPORT}/messages`),
      start('/v1.0/me/messages', { appId: 'other' }),
      start('/v1.0/me'),
      start('/v1.0/users/nobody@contoso.example/messages'),
    ]
    for (const { finish } of [...held, ...others]) finish()
    for (const { answer } of others) expect((await answer).statusCode).toBe(200)
  })

  it('counts refused requests, and returns the time until the next admission', async () => {
    const { call, clock } = setUp({ requestsPerTenMinutes: 3 })
    for (let i = 0; i < 3; i++) expect((await call('/v1.0/me/messages')).statusCode).toBe(200)
    clock.move(4 * MINUTE_MS)

    expect((await call('/v1.0/me/messages')).headers['retry-after']).toBe('360')
    clock.move(6 * MINUTE_MS)
    expect((await call('/v1.0/me/messages')).statusCode).toBe(200)

    // The last ten minutes contain one refused and one successful request; two more exceed the limit.
    expect((await call('/v1.0/me/messages')).statusCode).toBe(200)
    expect((await call('/v1.0/me/messages')).statusCode).toBe(429)
  })

  it.each([['POST'], ['PUT'], ['PATCH']] as const)(
    'limits the bytes sent with %s, with or without Content-Length',
    async (method) => {
      const { call, clock } = setUp({ uploadBytesPerFiveMinutes: 1000 })
      const chunked = { 'transfer-encoding': 'chunked', 'content-type': 'text/plain' }
      expect((await call('/v1.0/me/messages', { method, payload: 'x'.repeat(600) })).statusCode).toBe(200)
      expect((await call('/v1.0/me/messages', { method, payload: 'x'.repeat(401) })).statusCode).toBe(429)
      expect((await call('/v1.0/me/messages', { method, payload: 'x'.repeat(399), headers: chunked })).statusCode).toBe(
        200,
      )

      const refused = await call('/v1.0/me/messages', { method, payload: 'xx' })
      expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '300'])
      expect((await call('/v1.0/me/messages')).statusCode).toBe(200)
      clock.move(5 * MINUTE_MS)
      expect((await call('/v1.0/me/messages', { method, payload: 'x'.repeat(1000) })).statusCode).toBe(200)
    },
  )

  it('limits the requests of one application per second, with or without a mailbox', async () => {
    const { call, clock } = setUp({ requestsPerSecondOfApplication: 2 })
    expect((await call('/v1.0/me')).statusCode).toBe(200)
    expect((await call('/v1.0/me/messages')).statusCode).toBe(200)
    expect((await call('/v1.0/me')).statusCode).toBe(429)
    clock.move(1000)
    expect((await call('/v1.0/me')).statusCode).toBe(200)
  })

  it('admits requests after the clock is moved back', async () => {
    const { call, clock } = setUp({ requestsPerTenMinutes: 1 })
    await call('/v1.0/me/messages')
    clock.move(-60 * MINUTE_MS)
    expect((await call('/v1.0/me/messages')).statusCode).toBe(200)
  })
})

describe('a sliding window', () => {
  it('contains at least the amount of the last window less one slice, and at most that of the last window', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ afterMs: fc.nat(30_000), amount: fc.nat(10) }), { maxLength: 100 }), (steps) => {
        const window = createSlidingWindow(60_000)
        const all: { at: number; amount: number }[] = []
        let now = 1_000_000
        for (const { afterMs, amount } of steps) {
          now += afterMs
          window.add(now, amount)
          all.push({ at: now, amount })
          const since = (ms: number) =>
            all.filter(({ at }) => at > now - ms).reduce((sum, each) => sum + each.amount, 0)
          expect(window.total(now)).toBeGreaterThanOrEqual(since(59_000))
          expect(window.total(now)).toBeLessThanOrEqual(since(60_000))
          expect(window.total(now + window.msUntil(now, 5))).toBeLessThanOrEqual(5)
        }
      }),
    )
  })
})

function setUp(limits: Partial<ThrottleLimits> = {}) {
  const database = openDatabase(':memory:')
  let now = Date.UTC(2026, 0, 1)
  const clock = { now: () => new Date(now), move: (ms: number) => (now += ms) }
  const directory = createDirectory(database, clock)
  seedTenants(database, directory)
  const { tenantId } = directory.people.getUser(ANNA)
  const gates = new Map<string, { opened: Promise<void>; arrived: () => void }>()
  let running = 0

  const site = fastify()
  sites.push(site)
  site.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof GraphError)) throw error
    return reply.code(error.status).headers(error.headers).send({ code: error.code, message: error.message })
  })
  site.addHook('onRequest', async (request) => {
    request.caller = { appId: request.headers['x-app'] ?? 'app', tenantId, userId: ANNA } as AccessTokenClaims
  })
  registerThrottle(site, { clock, directory, limits })
  site.all('/*', async (request) => {
    const gate = gates.get(String(request.headers['x-gate']))
    running++
    gate?.arrived()
    await gate?.opened
    running--
    return {}
  })

  let number = 0
  function start(url: string, { appId = 'app' } = {}) {
    const id = String(number++)
    const gate = Promise.withResolvers<undefined>()
    const inside = Promise.withResolvers<undefined>()
    gates.set(id, { opened: gate.promise, arrived: () => inside.resolve(undefined) })
    const answer = site.inject({ url, headers: { 'x-app': appId, 'x-gate': id } })
    return { answer, arrived: Promise.race([inside.promise, answer]), finish: () => gate.resolve(undefined) }
  }
  const call = (url: string, options: { method?: 'POST' | 'PUT' | 'PATCH'; payload?: string; headers?: object } = {}) =>
    site.inject({ url, ...options, headers: { 'content-type': 'text/plain', ...options.headers } })
  return { start, call, clock, running: () => running }
}
