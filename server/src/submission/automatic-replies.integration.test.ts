/** Automatic replies are sent once and never cause a loop. */
import { describe, expect, it } from 'vitest'
import { composeMime, type RemoteMessage } from '../mail/index.ts'
import { mailParser, storeEmailAccount, testDatabase } from '../../test/kit/index.ts'
import { MOST_IN_AN_HOUR } from './automatic-replies.ts'
import { outboxForTest } from '../../test/submission/outbox.ts'

const [database, elsewhere] = [await testDatabase(), await testDatabase()]
const HOUR_MS = 3_600_000
const SETTINGS = {
  isOn: true,
  subject: 'Re: {subject}',
  text: 'Hello {name}, we got your mail about “{subject}” and answer within a day.\n{mailbox}',
}
type World = Awaited<ReturnType<typeof outboxForTest>>
let number = 0

async function answering(settings: Partial<typeof SETTINGS> & object = {}, on = database, address?: string) {
  const world = await outboxForTest(on, address === undefined ? {} : { address })
  await world.emailAccounts.setAutomaticReply(world.emailAccountId, { ...SETTINGS, ...settings }, 'ada')
  return world
}

/** Files a message in its own conversation by default. */
function write({ receive }: World, more: Partial<RemoteMessage> = {}) {
  const n = ++number
  return receive({ remoteId: `r${n}`, messageId: `m${n}@customer.example`, references: [], ...more })
}
const from = (address: string) => ({ from: { name: '', address } })
const of = ({ submissions, emailAccountId }: World) => submissions.listUnsent(emailAccountId)
const guardedBy = async (world: World, more: Partial<RemoteMessage>) => {
  await write(world, more)
  return (await of(world)).length
}

describe('a mailbox with an automatic reply', () => {
  it('replies only once enabled, with the configured text, in the conversation', async () => {
    const world = await outboxForTest(database)
    await write(world)
    expect(await of(world)).toEqual([])
    world.clock.advance(1000)
    await world.emailAccounts.setAutomaticReply(world.emailAccountId, SETTINGS, 'ada')

    const conversationId = await write(world, { messageId: 'question@customer.example', subject: 'RE: Broken kettle' })

    const [answer] = await of(world)
    const { name, address } = await world.emailAccounts.get(world.emailAccountId)
    expect(answer).toMatchObject({
      ...{ state: 'queued', isAutomatic: true, conversationId, inReplyTo: ['question@customer.example'] },
      ...{ from: { name, address }, submittedBy: 'automatic-reply' },
      content: {
        to: [{ name: 'Carla', address: 'carla@customer.example' }],
        subject: 'Re: Broken kettle',
        text: `Hello Carla, we got your mail about “Broken kettle” and answer within a day.\n${name}`,
      },
    })
    expect(answer!.references.at(-1)).toBe('question@customer.example')
    await world.settle()
    expect(world.server.delivered).toEqual([answer!.messageId])
    expect((await world.submissions.get(answer!.id)).state).toBe('sent')
  })

  it('marks its replies as automatic with the standard and the Exchange headers', async () => {
    const world = await answering()
    await write(world)
    const mime = await sourceOf(world)

    expect(mime).toMatch(/^Auto-Submitted: auto-replied\r$/m)
    expect(mime).toMatch(/^X-Auto-Response-Suppress: All\r$/m)
    expect(mime).toMatch(/^In-Reply-To: <m\d+@customer\.example>\r$/m)
  })

  it('replies once to a message filed repeatedly', async () => {
    const world = await answering()
    const again = { messageId: 'same@customer.example' }
    await write(world, again)
    await world.settle()
    world.clock.advance(2 * 24 * HOUR_MS)

    // The message was removed with all its data and is filed again.
    await database.db.updateTable('submissions').set({ conversation_id: null, sent_message_id: null }).execute()
    await database.db.deleteFrom('messages').where('email_account_id', '=', world.emailAccountId).execute()
    await database.db
      .deleteFrom('conversation_message_ids')
      .where('email_account_id', '=', world.emailAccountId)
      .execute()
    await write(world, again)
    await world.settle()

    expect(world.server.delivered).toHaveLength(1)
  })

  it('never replies to imported mail or to mail received before the reply was enabled', async () => {
    const world = await answering()
    const { createdAt } = await world.emailAccounts.get(world.emailAccountId)
    expect(await guardedBy(world, { receivedAt: new Date(createdAt.getTime() - 2000) })).toBe(0)
    world.clock.advance(HOUR_MS)
    const before = world.clock.now()
    world.clock.advance(HOUR_MS)
    await world.emailAccounts.setAutomaticReply(world.emailAccountId, { ...SETTINGS, isOn: false }, 'ada')
    await world.emailAccounts.setAutomaticReply(world.emailAccountId, SETTINGS, 'ada')
    expect(await guardedBy(world, { receivedAt: before })).toBe(0)
    expect(await guardedBy(world, {})).toBe(1)
  })

  it('replies to a sender once a day, regardless of the part after the +', async () => {
    const world = await answering()
    await write(world, from('robot+1@shop.example'))
    await write(world, from('robot+2@shop.example'))
    world.clock.advance(23 * HOUR_MS)
    await write(world, from('Robot@shop.example'))
    expect(await of(world)).toHaveLength(1)

    world.clock.advance(2 * HOUR_MS)
    await write(world, from('robot@shop.example'))
    expect(await of(world)).toHaveLength(2)
  })

  it('replies to a conversation once, and never after an agent has answered', async () => {
    const world = await answering()
    const conversationId = await write(world, { messageId: 'first@customer.example' })
    world.clock.advance(48 * HOUR_MS)
    await write(world, { inReplyTo: ['first@customer.example'], ...from('lee@customer.example') })
    expect(await of(world)).toHaveLength(1)

    await world.emailAccounts.setAutomaticReply(world.emailAccountId, { ...SETTINGS, isOn: false }, 'ada')
    const other = await write(world, { messageId: 'second@customer.example', ...from('max@customer.example') })
    await world.submit({ conversationId: other })
    await world.emailAccounts.setAutomaticReply(world.emailAccountId, SETTINGS, 'ada')
    await write(world, { inReplyTo: ['second@customer.example'], ...from('max@customer.example') })
    expect((await of(world)).map((each) => [each.conversationId, each.isAutomatic])).toEqual([
      [other, false],
      [conversationId, true],
    ])
  })

  it('limits the number of replies per hour across all senders', async () => {
    const world = await answering()
    for (let n = 0; n < MOST_IN_AN_HOUR + 5; n++) await write(world, from(`sender${n}@shop.example`))
    expect(await of(world)).toHaveLength(MOST_IN_AN_HOUR)

    world.clock.advance(HOUR_MS + 1)
    expect(await guardedBy(world, from('later@shop.example'))).toBe(MOST_IN_AN_HOUR + 1)
  })

  it('never replies to another mailbox of the installation, under any of its addresses', async () => {
    const world = await answering()
    const { id } = await storeEmailAccount(database, world.clock, { address: 'billing@contoso.example' })
    await world.emailAccounts.addAlias(id, 'Invoices@contoso.example', 'ada')

    expect(await guardedBy(world, from('Billing@contoso.example'))).toBe(0)
    expect(await guardedBy(world, from('invoices@contoso.example'))).toBe(0)
  })

  it.each([
    ['within', 0],
    ['outside', 1],
  ] as const)('replies %s its hours, in its time zone', async (answers, expected) => {
    // Sunday at 9:00 UTC.
    const hours = { answers, days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00', timeZone: 'Europe/Berlin' }
    const world = await answering({ hours } as object)
    expect(await guardedBy(world, {})).toBe(expected)
    world.clock.set(new Date('2026-03-02T08:30:00Z'))
    expect(await guardedBy(world, from('lee@customer.example'))).toBe(1)
  })

  it('stops after one exchange with another installation that replies automatically', async () => {
    const ours = await answering()
    const theirs = await answering({}, elsewhere, 'help@fabrikam.example')
    const { address } = await ours.emailAccounts.get(ours.emailAccountId)
    await theirs.submit({ content: { to: [{ name: '', address }], subject: 'An offer' } })
    const letters = { ours: 0, theirs: 0 }

    for (let round = 0; round < 4; round++) {
      letters.theirs += await carry(theirs, ours)
      letters.ours += await carry(ours, theirs)
    }

    expect(letters).toEqual({ theirs: 1, ours: 1 })
  })
})

const carried = new Set<string>()

/** Delivers the sent messages of one world to the other, as MIME source. */
async function carry(sender: World, receiver: World): Promise<number> {
  await sender.settle()
  const rows = await sender.database.db
    .selectFrom('submissions')
    .selectAll()
    .where('email_account_id', '=', sender.emailAccountId)
    .execute()
  const fresh = rows.filter(({ message_id: id }) => !carried.has(id))
  for (const row of fresh) {
    carried.add(row.message_id)
    const { attachments: _none, ...parsed } = await mailParser.parse(
      await composeMime(await sender.outbox.outgoing(row)),
    )
    await receiver.receive({ ...parsed, remoteId: row.message_id, flags: [] })
  }
  return fresh.length
}

async function sourceOf({ database: on, outbox, emailAccountId }: World): Promise<string> {
  const row = await on.db
    .selectFrom('submissions')
    .selectAll()
    .where('email_account_id', '=', emailAccountId)
    .executeTakeFirstOrThrow()
  return (await composeMime(await outbox.outgoing(row))).toString()
}
