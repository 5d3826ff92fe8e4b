/** 200 concurrent sign-ins: the thread pool, which DNS and files share, stays available. */
import { createHook } from 'node:async_hooks'
import { lookup } from 'node:dns/promises'
import { describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, TEST_PASSWORD, testDatabase } from '../../../test/kit/index.ts'

const FLOOD = 200
const database = await testDatabase()
const { ask, person, rooms } = await createTestApp(database, createTestClock(), { trustedProxies: ['loopback'] })
const { email, id } = await person('admin')

/** Each from a different address, so that only the total limit applies. */
const signIn = (n: number, password = TEST_PASSWORD) =>
  ask('POST /v1/session', {
    body: { email: n === 0 ? email : `nobody${n}@contoso.example`, password },
    headers: { 'x-forwarded-for': `198.51.100.${n}` },
  })

/** Threads of the pool of libuv, unless `UV_THREADPOOL_SIZE` says otherwise. */
const POOL_THREADS = 4

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

describe('200 concurrent sign-ins', () => {
  it('leave the thread pool to DNS, and are refused with Retry-After when the queue is full', async () => {
    const hashes = countHashes()
    const progress = { isOver: false }
    const flood = Promise.all(Array.from({ length: FLOOD }, (_, n) => signIn(n))).finally(
      () => (progress.isOver = true),
    )
    let lookups = 0
    do {
      await lookup('localhost')
      lookups++
    } while (!progress.isOver)
    const answers = await flood
    const refused = answers.filter(({ status }) => status === 429)
    // With 200 hashes on four threads, a lookup would wait for most of them.
    const { all, atOnce } = hashes.stop()
    expect(all).toBe(FLOOD - refused.length)
    expect(atOnce).toBeLessThan(POOL_THREADS)
    expect(lookups).toBeGreaterThan(1)
    expect(refused.length).toBeGreaterThanOrEqual(FLOOD - 100)
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ code: 'people.sign_ins_busy', remedy: 'wait' })
      expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    }
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
