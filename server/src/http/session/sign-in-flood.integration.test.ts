/** Concurrent sign-ins: the thread pool, which DNS and files share, the database and the server stay available. */
import { createHook } from 'node:async_hooks'
import { lookup } from 'node:dns/promises'
import { Agent, request } from 'node:http'
import { json as readJson } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { Secret } from '../../kernel/secret.ts'
import {
  countStatements,
  createTestApp,
  createTestClock,
  TEST_PASSWORD,
  testDatabase,
} from '../../../test/kit/index.ts'

const FLOOD = 600
const database = await testDatabase()
const { app, ask, person, publicUrl, rooms } = await createTestApp(database, createTestClock(), {
  trustedProxies: ['loopback'],
})
const { email, id, cookie } = await person('admin')
const device = cookie!.split('; ').find((part) => part.startsWith('postkey.device='))!

/** Each from a different address, so that only the total limit applies. */
const signIn = (n: number, password = TEST_PASSWORD) =>
  ask('POST /v1/session', {
    body: { email: n === 0 ? email : `nobody${n}@contoso.example`, password },
    headers: { 'x-forwarded-for': `198.51.100.${n}` },
  })

const accept = (token: string) => ask('POST /v1/links/accept', { body: { token, password: 'another horse battery' } })
const tokenOf = (url: Secret) => new URL(url.reveal()).hash.slice(1)

/** Counts hashes between their request and their result: each occupies a thread of the pool, or waits for one. */
function countHashes() {
  const pending = new Set<number>()
  const count = { all: 0, atOnce: 0 }
  const hook = createHook({
    init(id, type) {
      if (type !== 'SCRYPTREQUEST') return
      pending.add(id)
      count.all++
      count.atOnce = Math.max(count.atOnce, pending.size)
    },
    before: (id) => void pending.delete(id),
  }).enable()
  return { stop: () => (hook.disable(), count) }
}

describe('600 concurrent sign-ins over 600 connections', () => {
  it('leave the server and DNS reachable, and are refused with Retry-After when the queue is full', async () => {
    const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
    const agent = new Agent({ keepAlive: false })
    const send = (method: string, path: string, n: number, body?: string, cookie?: string) =>
      new Promise<{ status: number; retryAfter: string | undefined; code: unknown }>((resolve, reject) => {
        const headers = {
          ...{ 'x-forwarded-host': publicUrl.host, origin: publicUrl.origin },
          'x-forwarded-for': `203.0.${n >> 8}.${n & 255}`,
          'content-type': 'application/json',
          ...(cookie !== undefined && { cookie }),
        }
        const sent = request({ agent, host: '127.0.0.1', port, method, path, headers }, (answer) => {
          const retryAfter = answer.headers['retry-after']
          readJson(answer).then(
            (content) =>
              resolve({ status: answer.statusCode!, retryAfter, code: (content as { code?: unknown }).code }),
            reject,
          )
        })
        sent.once('error', reject).end(body)
      })
    const wrong = (n: number) => JSON.stringify({ email: `stranger${n}@contoso.example`, password: 'wrong' })

    const hashes = countHashes()
    const progress = { isOver: false }
    const flood = Promise.all(
      Array.from({ length: FLOOD }, (_, n) => send('POST', '/v1/session', n, wrong(n))),
    ).finally(() => (progress.isOver = true))
    const ofKnownDevice = JSON.stringify({ email, password: TEST_PASSWORD })
    const known = send('POST', '/v1/session', FLOOD, ofKnownDevice, device)
    const health: number[] = []
    do {
      await lookup('localhost')
      health.push((await send('GET', '/healthz', 0)).status)
    } while (!progress.isOver)

    const [answers, knownStatus] = [await flood, (await known).status]
    const { all, atOnce } = hashes.stop()
    agent.destroy()
    const refused = answers.filter(({ status }) => status === 429)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]))
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['people.sign_ins_busy']))
    expect(refused.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true)
    // 22 find places at once; more become free while the others arrive.
    expect(refused.length).toBeGreaterThan(FLOOD / 2)
    expect(knownStatus).toBe(200)
    expect(all).toBe(FLOOD - refused.length + 1)
    // With all hashes on the four threads of the pool, a lookup would wait for most of them.
    expect(atOnce).toBeLessThanOrEqual(2)
    expect(new Set(health)).toEqual(new Set([200]))
    expect(health.length).toBeGreaterThan(1)
    expect((await signIn(0)).status).toBe(200)
  })

  it('leave places to links', async () => {
    const { url } = await rooms.people.links.reset(id, 'test')
    const flood = Array.from({ length: 40 }, (_, n) => signIn(n))
    expect((await accept(tokenOf(url))).status).toBe(201)
    expect((await Promise.all(flood)).some(({ status }) => status === 429)).toBe(true)
  })
})

it('a link that is refused because others wait is not redeemed', async () => {
  const token = tokenOf((await rooms.people.links.reset(id, 'test')).url)
  const lock = await database.pool.connect()
  await lock.query('BEGIN; LOCK TABLE person_links')
  // Two look up their token, which the lock stops; two wait, and the last one finds no place.
  const others = Array.from({ length: 5 }, (_, n) => accept(`unknown${n}`))
  expect((await Promise.race(others)).status).toBe(429)
  expect(await accept(token)).toMatchObject({ status: 429, body: { code: 'people.sign_ins_busy' } })
  await lock.query('COMMIT')
  lock.release()

  expect((await Promise.all(others)).map(({ status }) => status).sort()).toEqual([410, 410, 410, 410, 429])
  expect((await accept(token)).status).toBe(201)
})

describe('a refused request', () => {
  const acceptUnknown = (n: number) => accept(`unknown${n}`)
  const signInUnknown = (n: number) =>
    ask('POST /v1/session', { body: { email: `unknown${n}@contoso.example`, password: 'wrong' } })

  it.each([
    ['sign-in', signInUnknown],
    ['link', acceptUnknown],
  ])('for a %s takes no connection of the database', async (_what, send) => {
    const ofOne = await countStatements(database, () => send(1))
    let admitted = 0
    const ofAll = await countStatements(database, async () => {
      const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => send(n + 2)))
      admitted = answers.filter(({ status }) => status !== 429).length
    })
    expect(admitted).toBeGreaterThan(0)
    expect(admitted).toBeLessThan(30)
    expect(ofAll).toBe(admitted * ofOne)
  })
})
