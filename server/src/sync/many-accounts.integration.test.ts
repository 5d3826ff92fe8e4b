/** @see pain point 6 of the field: one bad account or socket stops all others. */
import { expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import { createTestClock, testDatabase } from '../../test/kit/index.ts'
import type { MailTransport } from '../transports/index.ts'
import { createStage } from '../../test/sync/stage.ts'
import { StrictFolderServer } from '../../test/sync/strict-folder-server.ts'

const MINUTE_MS = 60_000
let areBroken = false

it('100 mailboxes are read on time beside 100 that hang, fail or are throttled', async () => {
  const database = await testDatabase()
  const clock = createTestClock()
  const { sync, emailAccounts, associate } = createStage(database, clock, new Map(), undefined, { stalledAfterMs: 100 })
  let hanging = 0
  const hangs = () => {
    hanging++
    return new Promise<never>(() => undefined)
  }
  const bad = {
    hangs: brokenBy(hangs),
    fails: brokenBy(() => Promise.reject(new AppError('tokens.grant_ended'))),
    'is throttled': brokenBy(() => {
      const retryAt = new Date(clock.now().getTime() + MINUTE_MS)
      return Promise.reject(new AppError('transports.throttled', { upstream: { status: 429, retryAt } }))
    }),
    throws: brokenBy(() => {
      throw new TypeError('no such property')
    }),
  }
  const servers: StrictFolderServer[] = []
  // The faulty mailboxes are created first: they are due the longest, so their runs start first.
  for (let n = 0; n < 100; n++) {
    const kind = n < 70 ? 'hangs' : n < 80 ? 'fails' : n < 90 ? 'is throttled' : 'throws'
    await associate(`bad${n}@contoso.example`, bad[kind])
    clock.advance(1)
  }
  const good: string[] = []
  for (let n = 0; n < 100; n++) {
    const server = new StrictFolderServer()
    servers.push(server)
    good.push((await associate(`good${n}@contoso.example`, server.transport)).id)
  }
  areBroken = true
  await sync.start()
  try {
    await expect.poll(() => connected(good), { timeout: 40_000, interval: 50 }).toBe(100)
    expect(hanging).toBe(70)

    // Second round: while all faulty mailboxes hang or fail again, no healthy one misses its next run.
    for (const [n, server] of servers.entries())
      server.deliver({ remoteId: `new${n}`, messageId: `new${n}@customer.example` })
    clock.advance(2 * MINUTE_MS)
    await expect.poll(() => received(), { timeout: 40_000, interval: 50 }).toBe(100)

    const states = new Map<string, number>()
    for (const { state, reason } of await emailAccounts.list()) {
      const name = `${state} ${reason?.code ?? ''}`.trim()
      states.set(name, (states.get(name) ?? 0) + 1)
    }
    expect(Object.fromEntries(states)).toEqual({
      connected: 100,
      connecting: 70,
      'needs-sign-in tokens.grant_ended': 10,
      'degraded transports.throttled': 10,
      'degraded kernel.unexpected': 10,
    })
  } finally {
    await sync.stop()
  }

  async function connected(ids: readonly string[]): Promise<number> {
    const { rows } = await database.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM email_accounts WHERE state = 'connected' AND id = ANY ($1)`,
      [ids],
    )
    return rows[0]!.n
  }

  async function received(): Promise<number> {
    const { rows } = await database.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM messages WHERE message_id LIKE 'new%'`,
    )
    return rows[0]!.n
  }
}, 90_000)

it('a stalled run loses its lease, and its later writes are rejected', async () => {
  const database = await testDatabase()
  const clock = createTestClock()
  const { sync, emailAccounts, associate } = createStage(database, clock, new Map(), undefined, {
    stalledAfterMs: 50,
    abandonedAfterMs: 1000,
  })
  const server = new StrictFolderServer()
  server.deliver({ remoteId: 'late', messageId: 'late@customer.example' })
  const released = Promise.withResolvers<undefined>()
  const begun = Promise.withResolvers<undefined>()
  server.beforePage = () => {
    begun.resolve(undefined)
    return released.promise
  }
  const { id } = await associate('slow@contoso.example', server.transport)
  await sync.start()
  try {
    await begun.promise
    await expect.poll(async () => (await emailAccounts.get(id)).reason?.code).toBe('email_accounts.silent')
    expect((await emailAccounts.get(id)).state).toBe('degraded')

    released.resolve(undefined)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const { rows } = await database.pool.query('SELECT FROM messages')
    expect(rows).toEqual([])

    // The next run succeeds, which ends the failure.
    const state = async () => {
      clock.advance(10 * MINUTE_MS)
      return (await emailAccounts.get(id)).state
    }
    await expect.poll(state).toBe('connected')
  } finally {
    await sync.stop()
  }
}, 60_000)

/** A mailbox that connects and then fails every call in the same way. */
function brokenBy(end: () => Promise<never>): MailTransport {
  const real = new StrictFolderServer().transport
  const reading = new Proxy(real.reading, {
    get: (reading, name) => {
      if (!areBroken || !(name in reading)) return Reflect.get(reading, name) as unknown
      return name === 'changes' ? () => ({ [Symbol.asyncIterator]: () => ({ next: end }) }) : end
    },
  })
  return { ...real, reading }
}
