import { describe, expect, it } from 'vitest'
import type { EmailAccountId } from '../kernel/ids.ts'
import { AppError } from '../kernel/errors.ts'
import { storeEmailAccount, testDatabase } from '../../test/kit/index.ts'
import { outboxForTest } from '../../test/submission/outbox.ts'
import { StrictMessageServer } from '../../test/submission/strict-message-server.ts'

const database = await testDatabase()
const MINUTE_MS = 60_000

/** A server that records the time of each message. */
class CountingServer extends StrictMessageServer {
  readonly takenAt: number[] = []
  attempts = 0

  constructor(clock: ConstructorParameters<typeof StrictMessageServer>[0]) {
    super(clock)
    this.refusal = () => {
      this.attempts++
      this.takenAt.push(clock.now().getTime())
      return undefined
    }
  }

  mostInAMinute(): number {
    return Math.max(
      ...this.takenAt.map((from) => this.takenAt.filter((at) => at >= from && at < from + MINUTE_MS).length),
    )
  }
}

async function twoAccounts({ perMinute }: { perMinute?: number } = {}) {
  const world = await outboxForTest(database, { serverFor: (clock) => new CountingServer(clock) })
  world.server.messagesPerMinute = perMinute
  const { id } = await storeEmailAccount(database, world.clock, { address: `sales-${Math.random()}@contoso.example` })
  const other: EmailAccountId = id
  const submitTo = (emailAccountId: EmailAccountId) => world.submit({ emailAccountId })
  const eventsOf = async (kind: string) => {
    const { rows } = await database.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM events WHERE kind = $1 AND email_account_id = ANY($2)`,
      [kind, [world.emailAccountId, other]],
    )
    return rows[0]!.count
  }
  return { ...world, other, submitTo, eventsOf }
}

describe('two mailboxes with the same SMTP login', () => {
  it('share its rate limit, oldest message first, regardless of the worker', async () => {
    const { submitTo, settle, server, clock, emailAccountId, other, eventsOf } = await twoAccounts({ perMinute: 5 })
    const accepted: string[] = []
    for (let n = 0; n < 24; n++) {
      accepted.push((await submitTo(n % 3 === 0 ? other : emailAccountId)).messageId)
      clock.advance(100)
    }

    await settle(['worker-1', 'worker-2', 'worker-3'])

    expect(server.mostInAMinute()).toBeLessThanOrEqual(5)
    expect(server.delivered).toEqual(accepted)
    expect(await eventsOf('submission.queued')).toBe(24)
    expect(await eventsOf('submission.sending_started')).toBe(24)
  })

  it("respect the server's rate limit even if messages take seconds to arrive", async () => {
    const { submitTo, settle, server, clock, emailAccountId, other } = await twoAccounts({ perMinute: 3 })
    for (const id of [emailAccountId, other]) await submitTo(id)
    await settle()
    clock.advance(2 * MINUTE_MS)
    server.takenAt.length = 0
    // The first message takes ten seconds to connect, the others no time.
    server.refusal = () => {
      if (server.takenAt.length === 0) clock.advance(10_000)
      server.takenAt.push(clock.now().getTime())
      return undefined
    }
    for (let n = 0; n < 8; n++) await submitTo(n % 2 === 0 ? emailAccountId : other)
    await settle()

    expect(server.takenAt).toHaveLength(8)
    expect(server.mostInAMinute()).toBeLessThanOrEqual(3)
  })

  it('send new mail after mail that is already queued', async () => {
    const { submitTo, workOnce, settle, server, clock, emailAccountId, other } = await twoAccounts({ perMinute: 3 })
    const accepted: string[] = []
    for (let n = 0; n < 8; n++) accepted.push((await submitTo(emailAccountId)).messageId)
    while (await workOnce());
    clock.advance(MINUTE_MS / 2)
    accepted.push((await submitTo(other)).messageId)
    while (await workOnce());
    expect(server.delivered).toHaveLength(3)

    await settle()

    expect(server.delivered).toEqual(accepted)
  })

  it('show the rate limit as the reason, and the time of the next attempt', async () => {
    const { submitTo, workOnce, submissions, clock, emailAccountId, other } = await twoAccounts({ perMinute: 2 })
    for (const id of [emailAccountId, other]) await submitTo(id)
    while (await workOnce());
    const { id } = await submitTo(other)
    await workOnce()

    const { state, reason, attempts, nextTryAt } = await submissions.get(id)
    expect({ state, reason, attempts }).toEqual({ state: 'queued', reason: 'transports.smtp_pace', attempts: 0 })
    expect(nextTryAt!.getTime() - clock.now().getTime()).toBeGreaterThan(0)
    expect(nextTryAt!.getTime() - clock.now().getTime()).toBeLessThanOrEqual(61_000)
  })

  it('send at most two messages concurrently in total', async () => {
    const { submitTo, settle, workOnce, outbox, emailAccountId, other } = await twoAccounts()
    // The first message of each mailbox determines its login.
    for (const id of [emailAccountId, other]) await submitTo(id)
    await settle()
    for (let n = 0; n < 4; n++) await submitTo(n % 2 === 0 ? emailAccountId : other)

    const claims = await Promise.all(Array.from({ length: 6 }, (_, n) => outbox.claim(`worker-${n}`)))

    expect(claims.filter((row) => row !== undefined)).toHaveLength(2)
    expect(await workOnce()).toBe(false)
  })

  it('keep the order of messages while copies of one mailbox are searched for', async () => {
    const { submitTo, settle, workOnce, outbox, server, clock, emailAccountId, other } = await twoAccounts()
    for (const id of [emailAccountId, other]) await submitTo(id)
    await settle()
    server.laysCopies = false
    for (let n = 0; n < 3; n++) await submitTo(emailAccountId)
    while (await workOnce());
    clock.advance(3 * MINUTE_MS)
    const waiting: string[] = []
    for (const id of [emailAccountId, other, other]) waiting.push((await submitTo(id)).id)

    const claims = []
    for (let row; (row = await outbox.claim('worker'));) claims.push(row)

    expect(claims.filter(({ state }) => state === 'sending').map(({ id }) => id)).toEqual(waiting.slice(0, 2))
    expect(claims.map(({ state }) => state)).toContain('handed-over')
  })

  it("both wait if other programs use up the login's limit", async () => {
    const { submitTo, settle, workOnce, server, submissions, emailAccountId, other, clock } = await twoAccounts()
    for (const id of [emailAccountId, other]) await submitTo(id)
    await settle()
    const before = server.attempts
    server.refusal = () => {
      server.attempts++
      return new AppError('transports.smtp_too_many_connections', { upstream: { status: 432 } })
    }
    const first = await submitTo(emailAccountId)
    await workOnce()
    const second = await submitTo(other)
    while (await workOnce());

    expect(server.attempts - before).toBe(1)
    for (const { id } of [first, second]) {
      expect(await submissions.get(id)).toMatchObject({
        state: 'queued',
        reason: 'transports.smtp_too_many_connections',
      })
    }
    expect((await submissions.get(second.id)).nextTryAt!.getTime()).toBeGreaterThan(clock.now().getTime())
  })

  it('send independently if one of them has a mailbox fault', async () => {
    const { submitTo, settle, workOnce, server, submissions, emailAccountId, other } = await twoAccounts()
    for (const id of [emailAccountId, other]) await submitTo(id)
    await settle()
    server.refusal = () => new AppError('transports.mailbox_full')
    const { id } = await submitTo(other)
    while (await workOnce());
    server.refusal = () => undefined
    const fine = await submitTo(emailAccountId)
    await workOnce()

    expect(await submissions.get(id)).toMatchObject({ state: 'queued', reason: 'transports.mailbox_full' })
    expect((await submissions.get(fine.id)).state).not.toBe('queued')
  })

  it('keep the rate limit when one of them switches to another login', async () => {
    const { submitTo, settle, workOnce, server, emailAccountId, other, outbox } = await twoAccounts({ perMinute: 3 })
    for (const id of [emailAccountId, other]) await submitTo(id)
    await settle()
    await outbox.setLane(other, `smtp.example:587 ${Math.random()}`, 3)
    server.takenAt.length = 0
    for (let n = 0; n < 8; n++) await submitTo(n % 2 === 0 ? emailAccountId : other)
    while (await workOnce());
    expect(server.takenAt.length).toBeLessThanOrEqual(3)
    await settle()
    expect(server.mostInAMinute()).toBeLessThanOrEqual(3)
    expect(server.delivered).toHaveLength(10)
  })
})
