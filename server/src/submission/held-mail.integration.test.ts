/** Submissions held after a restore: searched in Sent and decided by admins. */
import { describe, expect, it } from 'vitest'
import { AppError } from '../kernel/errors.ts'
import { newId, type DatabaseRestoreId } from '../kernel/ids.ts'
import { silentLog, takeSnapshot, testDatabase, type TestClock } from '../../test/kit/index.ts'
import { createHeldMailDecisions } from './held-mail-decisions.ts'
import { createHeldMailLookup } from './held-mail-lookup.ts'
import { createHeldMailService } from './held-mail-service.ts'
import { holdUnsent } from './held-mail.ts'
import { outboxForTest } from '../../test/submission/outbox.ts'
import type { StrictMailServer } from '../../test/kit/strict-mail-server.ts'
import { StrictMessageServer } from '../../test/submission/strict-message-server.ts'

const database = await testDatabase()
const MINUTE_MS = 60_000

interface Options<S extends StrictMailServer = StrictMailServer> {
  serverFor?: (clock: TestClock) => S
}
const BY_MESSAGE = { serverFor: (clock: TestClock) => new StrictMessageServer(clock) }

/** An outbox whose database was restored after some of its messages were sent. */
async function restored<S extends StrictMailServer = StrictMailServer>(options: Options<S> = {}) {
  await database.pool.query('DELETE FROM held_submissions; DELETE FROM database_restores')
  const world = await outboxForTest(database, options)
  const { clock, emailAccountId } = world
  const actions: { actor: string; action: string; subject: string }[] = []
  const incidents: string[] = []
  const audit = {
    record: (_: unknown, { actor, action, subject }: (typeof actions)[number]) => {
      actions.push({ actor, action, subject })
      return Promise.resolve()
    },
  }
  const deps = { ...world, log: silentLog, audit }
  const decisions = createHeldMailDecisions(deps)
  const { look } = createHeldMailLookup(deps)
  const service = createHeldMailService({
    ...{ ...deps, decisions, lookUp: look },
    incident: {
      open: ({ detail }) => Promise.resolve(void incidents.push(detail)),
      end: () => Promise.resolve(void incidents.push('ended')),
    },
  })

  /** Holds mail as `epoch` does when the database is older than before. */
  async function hold(): Promise<number> {
    const restore = { id: newId<DatabaseRestoreId>(), detectedAt: clock.now() }
    return database.transaction(async (tx) => {
      const times = { from_at: FROM_AT, seen_at: null, detected_at: restore.detectedAt }
      await tx
        .insertInto('database_restores')
        .values({ id: restore.id, reason: 'older', ...times })
        .execute()
      return holdUnsent(tx, restore)
    })
  }
  /** Marks Sent as synced past the restore. */
  async function readSent(): Promise<void> {
    await world.syncSent()
    clock.advance(MINUTE_MS)
    await database.db
      .updateTable('folder_sync_states')
      .from('folders')
      .set({ complete_up_to: clock.now() })
      .whereRef('folder_id', '=', 'folders.id')
      .where('email_account_id', '=', emailAccountId)
      .execute()
  }
  async function found(): Promise<string[]> {
    const backup = await decisions.latest()
    return backup!.messages.map(({ subject, inSent, state }) => `${subject}: ${inSent}, ${state}`).toSorted()
  }
  const write = (subject: string, text = `About ${subject}.`) => world.submit({ content: { subject, text } })
  return { ...world, decisions, service, actions, incidents, hold, readSent, found, write }
}
const FROM_AT = new Date('2026-03-01T09:00:00Z')

describe.each<[string, Options]>([
  ['draft, under the Message-ID of Exchange', {}],
  ['message', BY_MESSAGE],
])('held mail of a mailbox that sends by %s', (_by, options) => {
  it('is sent if Sent contains it, and stays held otherwise', async () => {
    const world = await restored(options)
    for (const subject of ['One', 'Two']) await world.write(subject)
    const backup = await takeSnapshot(database)
    await world.settle()
    await backup.restore()
    // Also queued in the backup, but never sent.
    const third = await world.write('Three')
    expect(await world.hold()).toBe(3)

    await world.service.look()
    await world.readSent()
    await world.service.look()

    expect(await world.found()).toEqual(['One: found, sent', 'Three: not-found, unknown', 'Two: found, sent'])
    expect((await world.decisions.latest())!.counts).toEqual({ all: 3, held: 1, found: 2, notFound: 1, pending: 0 })
    expect(world.server.delivered).toHaveLength(2)
    await world.settle()
    expect(world.server.delivered).toHaveLength(2)
    expect(await world.submissions.get(third.id)).toMatchObject({ state: 'unknown' })
  })
})

describe('held mail', () => {
  it('is matched by content once per copy in Sent', async () => {
    const world = await restored()
    await world.write('Twice')
    const backup = await takeSnapshot(database)
    await world.settle()
    await backup.restore()
    await world.write('Twice')
    await world.hold()

    await world.readSent()
    await world.service.look()

    expect(await world.found()).toEqual(['Twice: found, sent', 'Twice: not-found, unknown'])
  })

  it.each([
    ['another text', { text: 'Something else.' }],
    ['another recipient', { to: [{ name: '', address: 'kim@customer.example' }] }],
    ['another subject', { subject: 'Other' }],
  ])('does not match a message with %s', async (_what, other) => {
    const world = await restored()
    const backup = await takeSnapshot(database)
    await world.submit({ content: { subject: 'Same', text: 'About it.', ...other } })
    await world.settle()
    await backup.restore()
    await world.write('Same', 'About it.')
    await world.hold()

    await world.readSent()
    await world.service.look()

    expect(await world.found()).toEqual(['Same: not-found, unknown'])
  })

  it('stays pending until Sent is synced past the restore, and is unreadable if Sent is not synced', async () => {
    const world = await restored()
    await world.write('One')
    await world.hold()
    await world.service.look()
    expect(await world.found()).toEqual(['One: pending, unknown'])

    await database.pool.query(`UPDATE folders SET synced = false`)
    world.clock.advance(MINUTE_MS)
    await world.service.look()
    expect(await world.found()).toEqual(['One: unreadable, unknown'])
  })

  it('stays pending in a mailbox never synced before the backup', async () => {
    const world = await restored()
    await world.write('One')
    await database.pool.query('DELETE FROM folders')
    await world.hold()
    await world.service.look()
    expect(await world.found()).toEqual(['One: pending, unknown'])
  })

  it('is searched again later if the mailbox does not respond', async () => {
    const world = await restored(BY_MESSAGE)
    await world.write('One')
    await world.hold()
    await world.readSent()
    world.server.faults = { at: (name) => (name === 'before findByMessageId' ? 'unavailable' : undefined) }
    await world.service.look()
    expect(await world.found()).toEqual(['One: pending, unknown'])

    world.server.faults = { at: () => undefined }
    await world.service.look()
    expect(await world.found()).toEqual(['One: pending, unknown'])
    world.clock.advance(MINUTE_MS)
    await world.service.look()
    expect(await world.found()).toEqual(['One: not-found, unknown'])
  })

  it('is left to the next round if a slow mailbox uses half of the time limit', async () => {
    const world = await restored(BY_MESSAGE)
    for (const subject of ['One', 'Two', 'Three']) await world.write(subject)
    await world.hold()
    await world.readSent()
    const late = new AbortController()
    const { emailAccounts } = world
    const slow: typeof emailAccounts = {
      ...emailAccounts,
      async transportOf(account) {
        const transport = await emailAccounts.transportOf(account)
        const { reading } = transport
        const findByMessageId: typeof reading.findByMessageId = (...request) => {
          late.abort()
          return reading.findByMessageId(...request)
        }
        return { ...transport, reading: { ...reading, findByMessageId } }
      },
    }
    await createHeldMailLookup({ ...world, emailAccounts: slow, log: silentLog }).look(late.signal)
    expect((await world.decisions.latest())!.counts).toMatchObject({ pending: 2, notFound: 1 })

    await world.service.look()
    expect((await world.decisions.latest())!.counts).toMatchObject({ pending: 0, notFound: 3 })
  })

  it("is sent or discarded by an admin's decision, which is recorded", async () => {
    const world = await restored()
    const [one, two, three] = [await world.write('One'), await world.write('Two'), await world.write('Three')]
    await world.hold()

    expect(await world.decisions.decide([one.id, one.id], 'send', 'person:ada')).toBe(1)
    expect(await world.decisions.decide([one.id, two.id], 'discard', 'person:ada')).toBe(1)
    expect(await world.decisions.decide('not-found', 'send', 'person:ada')).toBe(0)
    await world.settle()
    expect(world.server.delivered).toEqual([one.messageId])
    expect(await world.submissions.get(two.id)).toMatchObject({ state: 'canceled', reason: undefined })

    expect(await world.decisions.decide('all', 'send', 'person:ada')).toBe(1)
    await world.settle()
    expect(world.server.delivered).toEqual([one.messageId, three.messageId])
    expect(world.actions.map(({ action, subject }) => [action, subject])).toEqual([
      ['submission.released', one.id],
      ['submission.discarded', two.id],
      ['submission.released', three.id],
    ])
  })

  it('is not sent by a decision if its copy is in Sent by then', async () => {
    const world = await restored(BY_MESSAGE)
    await world.write('One')
    const backup = await takeSnapshot(database)
    await world.settle()
    await backup.restore()
    await world.hold()

    await world.decisions.decide('all', 'send', 'person:ada')
    await world.settle()

    expect(world.server.delivered).toHaveLength(1)
    expect(await world.found()).toEqual(['One: found, sent'])
  })

  it('is sent at the time that its author chose, when it is released before', async () => {
    const world = await restored(BY_MESSAGE)
    const sendAt = new Date(world.clock.now().getTime() + 48 * 60 * 60 * 1000)
    const { id } = await world.submit({ sendAt })
    await world.hold()
    expect(await world.decisions.decide([id], 'send', 'person:ada')).toBe(1)
    expect(await world.workOnce()).toBe(false)
    expect(await world.submissions.get(id)).toMatchObject({ state: 'queued', nextTryAt: sendAt })
    expect(world.server.delivered).toHaveLength(0)

    world.clock.set(sendAt)
    await world.settle()
    expect(await world.submissions.get(id)).toMatchObject({ state: 'sent' })
    expect(world.server.delivered).toHaveLength(1)
  })

  it('is decided once: a released message of unclear outcome is not held again', async () => {
    const world = await restored(BY_MESSAGE)
    const { server, clock, decisions } = world
    const { id } = await world.write('One')
    await world.hold()
    await world.readSent()
    await world.service.look()
    server.laysCopies = false
    server.faults = { at: (name) => (name === 'after dot' ? 'cut' : undefined) }
    expect(await decisions.decide('not-found', 'send', 'person:ada')).toBe(1)
    await world.settle()
    const unclear = { state: 'unknown', reason: 'submission.outcome_unclear' }
    expect(await world.submissions.get(id)).toMatchObject(unclear)

    expect(await decisions.countHeld()).toBe(0)
    expect(await decisions.latest()).toMatchObject({ counts: { all: 1, held: 0 }, messages: [{ isHeld: false }] })
    for (const choice of ['not-found', 'all', [id]] as const) {
      expect(await decisions.decide(choice, 'send', 'person:ada')).toBe(0)
    }
    await world.settle()
    expect(server.delivered).toHaveLength(1)

    await database.pool.query(`UPDATE held_submissions SET in_sent = 'pending', due_at = $1`, [clock.now()])
    await world.service.look()
    expect(await world.submissions.get(id)).toMatchObject(unclear)
    expect(await world.found()).toEqual(['One: pending, unknown'])
  })

  it('from an old backup is retried as long as new mail after its first transient error', async () => {
    const world = await restored(BY_MESSAGE)
    const { id } = await world.write('One')
    world.clock.advance(6 * 24 * 60 * MINUTE_MS)
    await world.hold()
    world.server.refusal = () => new AppError('transports.unavailable', { upstream: { status: 503 } })
    await world.decisions.decide('all', 'send', 'person:ada')

    await world.workOnce()

    expect(await world.submissions.get(id)).toMatchObject({ state: 'queued', reason: 'transports.unavailable' })
    const { waits_since: waitsSince } = await database.db
      .selectFrom('submissions')
      .select('waits_since')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(waitsSince).toEqual(world.clock.now())
  })

  it('has an incident while messages are held', async () => {
    const world = await restored()
    await world.service.look()
    await world.service.look()
    expect(world.incidents).toEqual(['ended'])
    await world.write('One')
    await world.hold()

    await world.service.look()
    await world.decisions.decide('all', 'discard', 'person:ada')
    await world.service.look()

    expect(world.incidents.slice(1)).toEqual([
      'This database is from 2026-03-01 09:00 UTC. 1 message may have been sent already: 0 found in Sent, 1 held, 1 not looked for yet.',
      'ended',
    ])
  })

  it('in an inaccessible mailbox does not block the mail of other mailboxes', async () => {
    const world = await restored()
    await world.write('One')
    await world.hold()
    const { emailAccounts } = world
    const { look } = createHeldMailLookup({
      ...world,
      log: silentLog,
      emailAccounts: {
        ...emailAccounts,
        transportOf: () => Promise.reject(new AppError('tokens.grant_ended')),
      },
    })
    await look()
    expect(await world.found()).toEqual(['One: pending, unknown'])
  })
})
