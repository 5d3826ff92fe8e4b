/** 200 concurrent sign-ins: the thread pool, which DNS and files share, stays available. */
import { lookup } from 'node:dns/promises'
import { performance } from 'node:perf_hooks'
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

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}

describe('200 concurrent sign-ins', () => {
  it('leave the thread pool to DNS, and are refused with Retry-After when the queue is full', async () => {
    const hashMs = await timed(() => signIn(0))
    const progress = { isOver: false }
    const flood = Promise.all(Array.from({ length: FLOOD }, (_, n) => signIn(n))).finally(
      () => (progress.isOver = true),
    )
    const lookups: number[] = []
    do lookups.push(await timed(() => lookup('localhost')))
    while (!progress.isOver)
    const answers = await flood
    const refused = answers.filter(({ status }) => status === 429)
    // With 200 hashes on four threads, each lookup would wait for most of them.
    expect(Math.max(...lookups) / hashMs).toBeLessThan(5)
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
