import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import { testDatabase } from '../../test/kit/index.ts'
import { createDelivery, UNCLEAR_AFTER_MS } from './delivery.ts'
import { FIRST_LOOK_AFTER_MS } from './message-delivery.ts'
import { LETTER, outboxForTest } from '../../test/submission/outbox.ts'
import type { Fault } from '../../test/kit/strict-mail-server.ts'
import { StrictMessageServer } from '../../test/submission/strict-message-server.ts'

const database = await testDatabase()
const outbox = (options: { canSendByGraph?: boolean } = {}) =>
  outboxForTest(database, { ...options, serverFor: (clock) => new StrictMessageServer(clock) })

const STORES = ['before store', 'after store']
const BEFORE = ['before upload', 'before dot', 'before findByMessageId', 'before appendSent', 'before fetchMessage']
const AFTER = ['after upload', 'after dot', 'after findByMessageId', 'after appendSent', 'after fetchMessage']

function faultsAt(boundary: string): readonly Fault[] {
  if (STORES.includes(boundary)) return ['kill', 'stall']
  return BEFORE.includes(boundary)
    ? ['kill', 'stall', 'cut', 'late', 'throttle', 'unavailable']
    : ['kill', 'stall', 'cut']
}

describe('a message sent whole', () => {
  it('is sent once, and the copy that the server stores in Sent is filed', async () => {
    const { submit, settle, submissions, server, kindsOf } = await outbox()
    const { id, messageId } = await submit()

    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent', attempts: 1, remoteMessageId: messageId })
    expect((await submissions.get(id)).sentMessageId).toBeDefined()
    expect(server.delivered).toEqual([messageId])
    expect(await kindsOf({ id } as never)).toEqual(
      ['queued', 'sending_started', 'handed_over', 'sent'].map((happened) => `submission.${happened}`),
    )
  })

  it('is sent once to each recipient, and hides the Bcc recipients', async () => {
    const { submit, settle, server } = await outbox()
    const lee = { name: 'Lee', address: 'lee@customer.example' }
    await submit({ content: { cc: [lee, ...LETTER.to], bcc: [{ name: '', address: 'secret@contoso.example' }] } })

    await settle()

    expect(server.objections).toEqual([])
    expect(server.sentCopies()[0]!.subject).toBe(
      'to carla@customer.example, lee@customer.example, secret@contoso.example',
    )
    expect(server.sources[0]).not.toContain('secret@contoso.example')
  })

  describe.each(['by-server', 'perhaps-by-server', 'by-us'] as const)(
    'to a server whose Sent copies are %s',
    (sentCopy) => {
      for (const boundary of [...STORES, ...BEFORE, ...AFTER]) {
        for (const fault of faultsAt(boundary)) {
          // A request that takes effect after its worker gave up stores a second copy, and no response identifies it.
          if (boundary === 'before appendSent' && fault === 'late') continue
          it(`is sent once, or unknown: ${fault} ${boundary}`, async () => {
            const { submit, settle, submissions, server, release, syncSent } = await outbox()
            server.sentCopy = sentCopy
            server.laysCopies = sentCopy !== 'by-us'
            let seen = 0
            server.faults = { at: (name) => (name === boundary && ++seen === 1 ? fault : undefined) }
            const { id, messageId } = await submit()

            await settle(['worker-1', 'worker-2'])
            await release()
            await settle()
            await syncSent()

            const { state, reason } = await submissions.get(id)
            expect(server.objections).toEqual([])
            if (state === 'sent') {
              expect(server.delivered).toEqual([messageId])
              expect(server.copiesOf(messageId)).toHaveLength(1)
            } else {
              // Only if the final dot may have been sent and no copy can prove it.
              expect({ state, reason }).toEqual({ state: 'unknown', reason: 'submission.outcome_unclear' })
              expect(['before dot', 'after dot', 'after store']).toContain(boundary)
              expect(server.delivered.length).toBeLessThanOrEqual(1)
              if (sentCopy !== 'by-us') expect(server.delivered).toEqual([])
            }
          })
        }
      }
    },
  )

  it('is sent once or is unknown, for any sequence of faults', { timeout: 120_000 }, async () => {
    const fault = fc.record({
      at: fc.constantFrom(...STORES, ...BEFORE, ...AFTER),
      skip: fc.nat(2),
      what: fc.constantFrom<Fault>('kill', 'stall', 'cut', 'late', 'throttle', 'unavailable'),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('by-server' as const, 'perhaps-by-server' as const, 'by-us' as const),
        async (faults, sentCopy) => {
          const { submit, settle, submissions, server, release } = await outbox()
          server.sentCopy = sentCopy
          server.laysCopies = sentCopy !== 'by-us'
          const left = faults.map((each) => ({ ...each }))
          server.faults = {
            at(name) {
              const due = left.find(({ at, what }) => at === name && faultsAt(name).includes(what))
              if (!due || due.skip-- > 0) return undefined
              left.splice(left.indexOf(due), 1)
              return due.what
            },
          }
          const { id } = await submit()
          await settle(['worker-1', 'worker-2'])
          await release()
          await settle(['worker-1', 'worker-2'])
          await release()
          await settle()
          const { state } = await submissions.get(id)
          expect(['sent', 'unknown']).toContain(state)
          expect(server.delivered.length).toBeLessThanOrEqual(1)
          if (state === 'sent') expect(server.delivered).toHaveLength(1)
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('a message answered by the server', () => {
  it("keeps the server's reply even if another worker has claimed the message by then", async () => {
    const { submit, settle, submissions, server, release } = await outbox()
    Object.assign(server, { sentCopy: 'by-us', laysCopies: false })
    let stalls = 1
    server.faults = { at: (name) => (name === 'after dot' && stalls-- > 0 ? 'stall' : undefined) }
    const { id } = await submit()
    await settle(['worker-1', 'worker-2'])
    expect(await submissions.get(id)).toMatchObject({ state: 'unknown' })

    await release()
    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
    expect(server.delivered).toHaveLength(1)
  })

  describe.each(['by-us', 'perhaps-by-server'] as const)('with a Sent copy stored by Postkey (%s)', (sentCopy) => {
    async function handedOver() {
      const world = await outbox()
      Object.assign(world.server, { sentCopy, laysCopies: false })
      const submitted = await world.submit()
      await world.workOnce()
      expect(await world.submissions.get(submitted.id)).toMatchObject({ state: 'handed-over' })
      return { ...world, ...submitted }
    }

    it('gets its copy after an outage of one hour and an error', async () => {
      const { id, messageId, settle, submissions, server, clock } = await handedOver()
      clock.advance(4 * UNCLEAR_AFTER_MS)
      let errors = 1
      server.faults = { at: (name) => (name === 'before findByMessageId' && errors-- > 0 ? 'unavailable' : undefined) }

      await settle()

      expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
      expect(server.copiesOf(messageId)).toMatchObject([{ by: 'us' }])
    })

    it('gets its copy after ten hours of errors, with backoff between searches', async () => {
      const { messageId, workOnce, outbox: rows, server, clock } = await handedOver()
      let searches = 0
      server.faults = { at: (name) => (name === 'before findByMessageId' ? (searches++, 'unavailable') : undefined) }
      const end = clock.now().getTime() + 10 * 60 * 60_000
      while (clock.now().getTime() < end) {
        if (!(await workOnce())) clock.advance((await rows.nextDueAt())!.getTime() - clock.now().getTime())
      }
      expect(searches).toBeGreaterThan(100)
      expect(searches).toBeLessThan(200)

      server.faults = { at: () => undefined }
      clock.advance(UNCLEAR_AFTER_MS)
      await workOnce()
      expect(server.copiesOf(messageId)).toMatchObject([{ by: 'us' }])
    })
  })

  it('waits while another copy of its mailbox is searched for, and has no earlier due time', async () => {
    const { submit, workOnce, outbox: rows, server, clock } = await outbox()
    Object.assign(server, { sentCopy: 'by-us', laysCopies: false })
    for (let n = 0; n < 2; n++) await submit()
    for (let n = 0; n < 2; n++) await workOnce()
    expect(await rows.claim('worker-1')).toMatchObject({ state: 'handed-over' })

    expect(await rows.claim('worker-1')).toBeUndefined()
    expect((await rows.nextDueAt())!.getTime()).toBeGreaterThan(clock.now().getTime())
  })

  it('is searched for in Sent after its copy was found at the sender, regardless of earlier errors', async () => {
    const { submit, settle, workOnce, submissions, server, clock } = await outbox()
    Object.assign(server, { sentCopy: 'perhaps-by-server', laysCopies: false, laysCopiesAtSender: true })
    let fault: Fault | undefined = 'unavailable'
    server.faults = { at: (name) => (name === 'before dot' || name === 'after dot' ? fault : undefined) }
    const { id, messageId } = await submit()
    await workOnce()
    clock.advance(30 * 60 * 60_000)
    fault = 'cut'
    server.faults = { at: (name) => (name === 'after dot' ? fault : undefined) }
    await workOnce()
    fault = undefined
    await workOnce()
    for (let n = 0; n < 5 && (await submissions.get(id)).state !== 'handed-over'; n++) {
      clock.advance(60_000)
      await workOnce()
    }
    expect(await submissions.get(id)).toMatchObject({ state: 'handed-over' })
    clock.advance(4 * UNCLEAR_AFTER_MS)
    let errors = 1
    server.faults = { at: (name) => (name === 'before findByMessageId' && errors-- > 0 ? 'unavailable' : undefined) }

    await settle()

    expect(server.copiesOf(messageId)).toMatchObject([{ by: 'us' }])
  })

  it('ignores a late reply after a person has sent it again', async () => {
    const { submit, settle, submissions, server, release } = await outbox()
    Object.assign(server, { sentCopy: 'by-us', laysCopies: false })
    let stalls = 1
    server.faults = { at: (name) => (name === 'after dot' && stalls-- > 0 ? 'stall' : undefined) }
    const { id } = await submit()
    await settle(['worker-1', 'worker-2'])
    server.refusal = () => new AppError('transports.smtp_message_refused', { upstream: { status: 550 } })
    await submissions.decideUnknown(id, 'send-again')
    await settle(['worker-2'])
    expect(await submissions.get(id)).toMatchObject({ state: 'failed' })

    await release()
    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'failed' })
  })

  it.each([
    ['that it has it', undefined, 'sent'],
    [
      'that it does not want it',
      new AppError('transports.smtp_message_refused', { upstream: { status: 550 } }),
      'failed',
    ],
  ])("stores the server's reply once the database is available again: %s", async (_what, refusal, state) => {
    const world = await outbox()
    const { submit, submissions, server, settle } = world
    Object.assign(server, { sentCopy: 'by-us', laysCopies: false, refusal: () => refusal })
    let away = 0
    const flaky: typeof world.outbox = {
      ...world.outbox,
      async save(row, change, how) {
        // The mark before the final dot is stored; the writes after it fail.
        if (row.send_begun_at !== null && away++ < 3) throw new AppError('database.unavailable')
        return world.outbox.save(row, change, how)
      },
    }
    const { id } = await submit()
    const row = await world.outbox.claim('worker-1')

    await createDelivery({ ...world, outbox: flaky }).deliver(row!)
    await settle()

    expect(away).toBeGreaterThan(3)
    expect(await submissions.get(id)).toMatchObject({ state })
  })
})

describe('a server that refuses the mailbox', () => {
  it.each([
    'transports.smtp_password_refused',
    'transports.smtp_tls_refused',
    'transports.smtp_sender_blocked',
    'transports.smtp_sign_in_blocked',
  ] as const)('holds all its mail after one attempt (%s), until an admin fixes the cause', async (code) => {
    const { submit, settle, workOnce, submissions, server, clock } = await outbox()
    let knocks = 0
    server.refusal = () => {
      knocks++
      return new AppError(code)
    }
    const ids = [(await submit()).id, (await submit()).id, (await submit()).id]

    while (await workOnce());

    expect(knocks).toBe(1)
    for (const id of ids) expect(await submissions.get(id)).toMatchObject({ state: 'queued', reason: code })
    clock.advance(4 * 60_000)
    expect(await workOnce()).toBe(false)

    server.refusal = () => undefined
    clock.advance(2 * 60_000)
    await settle()
    for (const id of ids) expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
    expect(server.delivered).toHaveLength(3)
  })
})

describe('a server that may store Sent copies itself', () => {
  it('is searched for copies only after all queued messages are sent, and then on time', async () => {
    const { submit, workOnce, submissions, server, clock } = await outbox()
    let looks = 0
    Object.assign(server, { sentCopy: 'perhaps-by-server', faults: { at: count } })
    function count(name: string): undefined {
      if (name === 'before findByMessageId') looks++
    }
    const ids = [(await submit()).id, (await submit()).id]

    while (await workOnce());

    expect(server.delivered).toHaveLength(2)
    expect(looks).toBe(0)
    for (const id of ids) expect(await submissions.get(id)).toMatchObject({ state: 'handed-over' })
    clock.advance(FIRST_LOOK_AFTER_MS)
    while (await workOnce());
    expect(looks).toBe(2)
  })

  it('is not searched while messages are due, but after at most one minute', async () => {
    const { submit, workOnce, submissions, server, clock } = await outbox()
    const steps: string[] = []
    Object.assign(server, { sentCopy: 'perhaps-by-server', faults: { at: note } })
    function note(name: string): undefined {
      if (['after dot', 'after findByMessageId'].includes(name)) steps.push(name.slice('after '.length))
    }
    const { id } = await submit()
    await workOnce()
    clock.advance(FIRST_LOOK_AFTER_MS + 1)
    await submit()
    await workOnce()
    expect(steps).toEqual(['dot', 'dot'])

    clock.advance(60_000)
    await submit()
    await workOnce()
    await workOnce()

    expect(steps).toEqual(['dot', 'dot', 'findByMessageId', 'dot'])
    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
  })
})

describe('a message of unknown outcome', () => {
  async function unknown() {
    const world = await outbox()
    world.server.copyDelayMs = 3 * UNCLEAR_AFTER_MS
    let cuts = 1
    world.server.faults = { at: (name) => (name === 'after dot' && cuts-- > 0 ? 'cut' : undefined) }
    const { id } = await world.submit()
    await world.settle()
    expect(await world.submissions.get(id)).toMatchObject({ state: 'unknown', reason: 'submission.outcome_unclear' })
    return { ...world, id }
  }

  it('is not sent again automatically', async () => {
    const { server, settle, clock } = await unknown()
    clock.advance(UNCLEAR_AFTER_MS)
    await settle()
    expect(server.delivered).toHaveLength(1)
  })

  it('is searched for in Sent before it is sent again on request', async () => {
    const { server, settle, clock, submissions, id } = await unknown()
    clock.advance(3 * UNCLEAR_AFTER_MS)

    await submissions.decideUnknown(id, 'send-again')
    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
    expect(server.delivered).toHaveLength(1)
  })

  it('is searched for in Sent even if the mailbox has switched to sending by drafts', async () => {
    const { server, settle, clock, submissions, id } = await unknown()
    clock.advance(3 * UNCLEAR_AFTER_MS)
    const bySmtp = server.transport()
    server.transport = () => ({ ...bySmtp, sending: bySmtp.drafts! })

    await submissions.decideUnknown(id, 'send-again')
    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
    expect(server.delivered).toHaveLength(1)
  })

  it('is sent again if Sent has no copy', async () => {
    const { server, settle, submissions, id } = await unknown()
    server.copies.length = 0
    server.copyDelayMs = 0

    await submissions.decideUnknown(id, 'send-again')
    await settle()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
    expect(server.delivered).toHaveLength(2)
  })
})

describe('a mailbox with a rate limit per minute', () => {
  it('sends up to the limit, and shows reason and time of the next attempt for the others', async () => {
    const { submit, workOnce, settle, server, submissions, clock } = await outbox()
    server.messagesPerMinute = 3
    const ids: string[] = []
    for (let n = 0; n < 7; n++) ids.push((await submit()).id)
    while (await workOnce());

    expect(server.delivered).toHaveLength(3)
    const all = await Promise.all(ids.map((id) => submissions.get(id as never)))
    const waiting = all.filter(({ reason }) => reason === 'transports.smtp_pace')
    expect(waiting.map(({ state }) => state)).toEqual(Array(4).fill('queued'))
    expect(new Set(waiting.map(({ nextTryAt }) => nextTryAt!.getTime() - clock.now().getTime()))).toEqual(
      new Set([61_000]),
    )
    const began = clock.now().getTime()

    await settle()

    expect(server.delivered).toHaveLength(7)
    expect(clock.now().getTime() - began).toBeGreaterThanOrEqual(120_000)
  })
})

describe('a mailbox with SMTP switched off', () => {
  const off = () => new AppError('transports.smtp_off', { detail: '535 5.7.139', upstream: { status: 535 } })

  it('switches to Graph if allowed, and sends the message at once', async () => {
    const { submit, workOnce, server, submissions, emailAccounts, emailAccountId, database: db } = await outbox()
    await db.db.updateTable('email_accounts').set({ sends_by: 'smtp' }).where('id', '=', emailAccountId).execute()
    const bySmtp = server.transport()
    server.transport = () => bySmtp
    server.refusal = off
    const { id } = await submit()
    await workOnce()
    expect(await submissions.get(id)).toMatchObject({ state: 'queued', reason: 'transports.smtp_off' })
    // The reason is removed from the message once it is sent. The mailbox keeps it, with the command that enables SMTP
    // again.
    expect(await emailAccounts.get(emailAccountId)).toMatchObject({
      sendsBy: 'graph',
      protocolReasons: {
        sends: {
          kind: 'other-closed',
          reason: {
            code: 'transports.smtp_off',
            remedy: 'admin',
            fix: expect.stringContaining('Set-CASMailbox') as string,
          },
        },
      },
    })

    server.transport = () => ({ ...bySmtp, sending: bySmtp.drafts! })
    server.refusal = () => undefined
    await workOnce()

    expect(await submissions.get(id)).toMatchObject({ state: 'sent' })
    expect(server.delivered).toHaveLength(1)
  })

  it('keeps the message queued with the reason if Graph is not allowed', async () => {
    const {
      submit,
      workOnce,
      server,
      submissions,
      emailAccounts,
      emailAccountId,
      database: db,
    } = await outbox({
      canSendByGraph: false,
    })
    await db.db.updateTable('email_accounts').set({ sends_by: 'smtp' }).where('id', '=', emailAccountId).execute()
    server.refusal = off
    const { id } = await submit()

    await workOnce()

    expect(await submissions.get(id)).toMatchObject({ reason: 'transports.smtp_off', detail: '535 5.7.139' })
    expect(await emailAccounts.get(emailAccountId)).toMatchObject({ sendsBy: 'smtp' })
    expect(server.delivered).toEqual([])
  })
})
