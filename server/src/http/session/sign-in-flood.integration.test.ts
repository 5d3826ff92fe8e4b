/** Concurrent sign-ins: the thread pool, which DNS and files share, the database and the server stay available. */
import { createHook } from 'node:async_hooks'
import { lookup } from 'node:dns/promises'
import { Agent, request } from 'node:http'
import { describe, expect, it } from 'vitest'
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
const { email, id } = await person('admin')

/** Each from a different address, so that only the total limit applies. */
const signIn = (n: number, password = TEST_PASSWORD) =>
  ask('POST /v1/session', {
    body: { email: n === 0 ? email : `nobody${n}@contoso.example`, password },
    headers: { 'x-forwarded-for': `198.51.100.${n}` },
  })

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
    const send = (method: string, path: string, n: number, body?: string) =>
      new Promise<{ status: number; retryAfter: string | undefined }>((resolve, reject) => {
        const headers = {
          'x-forwarded-host': publicUrl.host,
          'x-forwarded-for': `203.0.${n >> 8}.${n & 255}`,
          'content-type': 'application/json',
        }
        const sent = request({ agent, host: '127.0.0.1', port, method, path, headers }, (answer) => {
          answer.resume()
          answer.once('end', () => resolve({ status: answer.statusCode!, retryAfter: answer.headers['retry-after'] }))
        })
        sent.once('error', reject).end(body)
      })
    const wrong = (n: number) => JSON.stringify({ email: `stranger${n}@contoso.example`, password: 'wrong' })

    const hashes = countHashes()
    const progress = { isOver: false }
    const flood = Promise.all(
      Array.from({ length: FLOOD }, (_, n) => send('POST', '/v1/session', n, wrong(n))),
    ).finally(() => (progress.isOver = true))
    const health: number[] = []
    do {
      await lookup('localhost')
      health.push((await send('GET', '/healthz', 0)).status)
    } while (!progress.isOver)

    const answers = await flood
    const { all, atOnce } = hashes.stop()
    agent.destroy()
    const refused = answers.filter(({ status }) => status === 429)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]))
    expect(refused.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true)
    expect(all).toBe(FLOOD - refused.length)
    // With all hashes on the four threads of the pool, a lookup would wait for most of them.
    expect(atOnce).toBeLessThanOrEqual(2)
    expect(new Set(health)).toEqual(new Set([200]))
    expect(health.length).toBeGreaterThan(1)
    expect((await signIn(0)).status).toBe(200)
  })

  it('do not redeem a link, which can be accepted afterwards', async () => {
    const { url } = await rooms.people.links.reset(id, 'test')
    const token = new URL(url.reveal()).hash.slice(1)
    const accept = () => ask('POST /v1/links/accept', { body: { token, password: 'another horse battery' } })
    const flood = Array.from({ length: 40 }, (_, n) => signIn(n))
    const first = await accept()
    await Promise.all(flood)
    if (first.status !== 201) {
      expect(first).toMatchObject({ status: 429, body: { code: 'people.sign_ins_busy' } })
      expect((await accept()).status).toBe(201)
    }
  })
})

describe('a refused request', () => {
  const acceptUnknown = (n: number) =>
    ask('POST /v1/links/accept', {
      body: { token: `unknown${n}`, password: 'another horse battery' },
    })
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
