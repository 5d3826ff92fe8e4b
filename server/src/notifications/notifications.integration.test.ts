/** Notifications of the whole server: events of other rooms, entries of people, and their routes. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { EmailAccountId, PersonId } from '../kernel/ids.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../test/kit/index.ts'
import type { RemoteMessage } from '../mail/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms, notificationIntake } = await createTestApp(database, clock)
const { events, conversations } = rooms
const folders = [
  { role: 'inbox', synced: true },
  { role: 'junk', synced: true },
  { role: 'sent', synced: true },
]
const account = await storeEmailAccount(database, clock, { folders })
const other = await storeEmailAccount(database, clock)
const [anna, ben, eve] = [
  await person('agent', [account.id]),
  await person('agent', [account.id, other.id]),
  await person('agent', [other.id]),
]
type Member = typeof anna
type Entry = { id: number; kind: string; subject: string; sender?: string; by?: string; readAt?: string }
let count = 0

beforeEach(() => database.pool.query('TRUNCATE notifications, notification_choices'))

async function receive(more: Partial<RemoteMessage> = {}, id: EmailAccountId = account.id) {
  const of = { id, address: 'us@contoso.example', createdAt: new Date('2025-12-01T00:00:00Z') }
  const filed = await database.transaction((tx) =>
    conversations.filing.file(tx, of, customerMessage(clock, ++count, more)),
  )
  return filed!.conversationId
}

async function entriesOf(member: Member, query = '') {
  const { body } = await ask(`GET /v1/notifications${query}`, { as: member })
  return body as { notifications: Entry[]; next?: number; unread: number }
}

async function kindsOf(member: Member): Promise<string[]> {
  await notificationIntake.catchUp()
  return (await entriesOf(member)).notifications.map(({ kind }) => kind)
}

const follow = (id: string, as: Member, follows: boolean) =>
  ask(`PUT /v1/conversations/${id}/following`, { as, body: { follows } })
const by = ({ id }: { id: PersonId }) => `person:${id}`

describe('notifications', () => {
  it('reach only the members of the mailbox when mail has no assignee', async () => {
    await receive({ subject: 'Lost parcel', from: { name: 'Kim', address: 'kim@customer.example' } })

    expect([await kindsOf(anna), await kindsOf(ben), await kindsOf(eve)]).toEqual([['unassigned'], ['unassigned'], []])
    // The list hides entries of other mailboxes, and there must be none.
    const stored = await database.pool.query('SELECT FROM notifications WHERE user_id = $1', [eve.id])
    expect(stored.rowCount).toBe(0)
    const { notifications, unread } = await entriesOf(anna)
    expect(notifications).toMatchObject([{ subject: 'Lost parcel', sender: 'Kim', emailAccountId: account.id }])
    expect(unread).toBe(1)
  })

  it('reach the assignee alone after an assignment and an answer, except by their own action', async () => {
    const id = await receive()
    await notificationIntake.catchUp()
    await database.pool.query('TRUNCATE notifications')
    await conversations.team.assign(id, anna.id, by(anna))
    expect(await kindsOf(anna)).toEqual([])
    await conversations.team.assign(id, ben.id, by(anna))
    await receive({ inReplyTo: [`m${count}@example.com`] })

    expect(await kindsOf(ben)).toEqual(['answered', 'assigned'])
    expect((await entriesOf(ben)).notifications[1]).toMatchObject({ by: by(anna) })
    expect(await kindsOf(anna)).toEqual([])
  })

  it('reach mentioned members, except the author and people without access', async () => {
    const id = await receive()
    await notificationIntake.catchUp()
    await database.pool.query('TRUNCATE notifications')
    const payload = { conversationId: id, noteId: 'n', by: anna.id, mentions: [anna.id, ben.id, eve.id] }
    const at = { emailAccountId: account.id, subjectId: id, at: clock.now() }
    await database.transaction((tx) => events.append(tx, { kind: 'conversation.note_added', payload, ...at }))

    expect([await kindsOf(anna), await kindsOf(ben), await kindsOf(eve)]).toEqual([[], ['mentioned'], []])
  })

  it('reach followers when the customer answers, as the most precise kind that they chose', async () => {
    const id = await receive({ subject: 'Followed' })
    await notificationIntake.catchUp()
    const note = (as: Member, body: object) => ask(`POST /v1/conversations/${id}/notes`, { as, body })
    expect((await note(anna, { body: 'Look, @Ben', mentions: [ben.id] })).status).toBe(201)
    expect(await kindsOf(ben)).toEqual(['mentioned', 'unassigned'])
    await database.pool.query('TRUNCATE notifications')
    const answer = () => receive({ inReplyTo: [`m${count}@example.com`] })

    // Both follow: the author of the note, and the mentioned person.
    await answer()
    expect([await kindsOf(anna), await kindsOf(ben)]).toEqual([['followed'], ['followed']])
    await database.pool.query('TRUNCATE notifications')
    await conversations.team.assign(id, ben.id, by(ben))
    await follow(id, anna, false)
    await note(anna, { body: 'Unfollowing stays.' })
    await answer()
    expect([await kindsOf(anna), await kindsOf(ben)]).toEqual([[], ['answered']])
    await database.pool.query('TRUNCATE notifications')
    await ask(`PUT /v1/notifications/preferences/${account.id}`, { as: ben, body: { kinds: ['followed'] } })
    await follow(id, anna, true)
    await answer()
    expect([await kindsOf(anna), await kindsOf(ben)]).toEqual([['followed'], ['followed']])
    const { body } = await ask(`GET /v1/conversations/${id}`, { as: anna })
    expect(new Set((body as { followers: string[] }).followers)).toEqual(new Set([anna.id, ben.id]))
  })

  it('reach a mentioned person, who finds the conversation unread among their mentions, also after a merge', async () => {
    const [id, into] = [await receive(), await receive()]
    const mine = async (member: Member) => {
      const { body } = await ask('GET /v1/conversations?view=mentions', { as: member })
      const { conversations: listed } = body as { conversations: { id: string; unread: boolean }[] }
      const { body: counts } = await ask('GET /v1/conversations/counts', { as: member })
      const { mentions } = (counts as { views: { mentions: number } }).views
      return { listed: listed.map((each) => ({ id: each.id, unread: each.unread })), mentions }
    }
    const seen = (which: string) => ask(`POST /v1/conversations/${which}/seen`, { as: ben })
    await seen(id)
    await seen(into)
    const before = await mine(ben)
    const refused = await ask(`POST /v1/conversations/${id}/notes`, {
      ...{ as: anna, body: { body: '@Eve', mentions: [ben.id, eve.id] } },
    })
    expect(refused).toMatchObject({ status: 422, body: { code: 'conversations.mention_without_access' } })
    expect(await mine(ben)).toEqual(before)
    await ask(`POST /v1/conversations/${id}/notes`, { as: anna, body: { body: '@Ben', mentions: [ben.id, ben.id] } })

    expect((await mine(ben)).listed[0]).toEqual({ id, unread: true })
    expect((await mine(ben)).mentions).toBe(before.mentions + 1)
    expect((await mine(anna)).listed).toEqual([])
    await conversations.team.merge(id, into, by(anna))
    expect((await mine(ben)).listed[0]).toEqual({ id: into, unread: true })
    await seen(into)
    // Unread mentions of other conversations come first.
    expect((await mine(ben)).listed).toContainEqual({ id: into, unread: false })
    expect((await mine(ben)).mentions).toBe(before.mentions)
  })

  it('reach the author of a failed message, and the assignee when a program wrote it', async () => {
    const id = await receive()
    await conversations.team.assign(id, ben.id, by(ben))
    await notificationIntake.catchUp()
    await database.pool.query('TRUNCATE notifications')
    const content = {
      to: [{ name: '', address: 'kim@customer.example' }],
      cc: [],
      bcc: [],
      subject: 'Offer',
      text: 'x',
    }
    for (const submittedBy of [anna.id, 'api-key:1']) {
      const submission = await rooms.submissions.submit({
        ...{ emailAccountId: account.id, conversationId: id, idempotencyKey: submittedBy, submittedBy },
        content: { ...content, attachments: [] },
      })
      const payload = { state: 'failed', reason: null, conversationId: id, messageId: null }
      const of = { emailAccountId: account.id, subjectId: submission.id, payload, at: clock.now() }
      await database.transaction((tx) => events.append(tx, { kind: 'submission.failed', ...of }))
    }

    expect([await kindsOf(anna), await kindsOf(ben)]).toEqual([['sending-failed'], ['sending-failed']])
    expect((await entriesOf(anna)).notifications).toMatchObject([{ subject: 'Offer', conversationId: id }])
  })

  it.each<[string, Partial<RemoteMessage>]>([
    ['imported mail', { receivedAt: new Date('2025-11-01T00:00:00Z') }],
    ['automatic replies', { marks: { automatic: { kind: 'reply', reason: 'Auto-Submitted: auto-replied' } } }],
    ['delivery reports', { marks: { deliveryReport: { originalReferences: [], recipients: [] } } }],
    ['junk', { folderRemoteId: 'junk' }],
    ['sent mail', { folderRemoteId: 'sent', from: { name: '', address: 'us@contoso.example' } }],
  ])('are not written for %s', async (_what, more) => {
    await receive(more)
    expect(await kindsOf(anna)).toEqual([])
  })

  it('are not written for mail that the person sent', async () => {
    await receive({ from: { name: 'Anna', address: anna.email.toUpperCase() } })
    expect([await kindsOf(anna), await kindsOf(ben)]).toEqual([[], ['unassigned']])
  })

  it('are written for chosen kinds only', async () => {
    const kinds = ['assigned', 'mentioned']
    const chosen = await ask(`PUT /v1/notifications/preferences/${account.id}`, { as: anna, body: { kinds } })
    expect(chosen.status).toBe(204)
    await receive()

    expect([await kindsOf(anna), await kindsOf(ben)]).toEqual([[], ['unassigned']])
    const { body } = await ask('GET /v1/notifications/preferences', { as: anna })
    expect(body).toMatchObject({ emailAccounts: [{ emailAccountId: account.id, kinds }] })
  })

  it('are written once per event and person, also by several servers and after a lost position', async () => {
    for (let n = 0; n < 5; n++) await receive()
    const before = await database.pool.query('SELECT event_id FROM notification_position')
    await Promise.all(Array.from({ length: 4 }, () => notificationIntake.catchUp()))
    expect(await kindsOf(anna)).toHaveLength(5)

    // As if the process was killed between the entries and the position.
    await database.pool.query('UPDATE notification_position SET event_id = $1', [
      (before.rows as { event_id: number }[])[0]!.event_id,
    ])
    expect(await kindsOf(anna)).toHaveLength(5)
    expect(await kindsOf(ben)).toHaveLength(5)
  })

  it('are written for many members and events together', async () => {
    // Two hundred events for forty members have more values than a statement has parameters.
    await database.pool.query(
      `INSERT INTO users (id, name, email, email_verified, role, created_at, updated_at)
       SELECT 'member-' || n, 'Member', n || '@members.example', true, role, created_at, updated_at
       FROM users, generate_series(1, 40) AS n WHERE id = $1`,
      [anna.id],
    )
    await database.pool.query(
      `INSERT INTO memberships (user_id, email_account_id) SELECT id, $1 FROM users WHERE id LIKE 'member-%'`,
      [account.id],
    )
    const id = await receive()
    await notificationIntake.catchUp()
    await database.pool.query('TRUNCATE notifications')
    const { id: messageId } = (await rooms.conversations.reading.latest(id))!
    const { rows: copies } = await database.pool.query(
      `INSERT INTO events (kind, email_account_id, subject_id, payload, at)
       SELECT kind, email_account_id, subject_id, payload, at FROM events, generate_series(1, 200)
       WHERE kind = 'message.received' AND subject_id = $1 RETURNING id`,
      [messageId],
    )
    expect(copies).toHaveLength(200)
    await notificationIntake.catchUp()
    const { rows } = await database.pool.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM notifications WHERE user_id LIKE 'member-%' GROUP BY user_id`,
    )
    expect(rows).toEqual(Array.from({ length: 40 }, () => ({ n: 200 })))
    await database.pool.query(`DELETE FROM users WHERE id LIKE 'member-%'`)
  })

  it('continue after a restart with the events that happened meanwhile', async () => {
    await receive()
    await notificationIntake.start()
    await expect.poll(async () => (await entriesOf(anna)).unread).toBe(1)
    await notificationIntake.stop()
    await receive()
    expect((await entriesOf(anna)).unread).toBe(1)
    await notificationIntake.start()
    await expect.poll(async () => (await entriesOf(anna)).unread).toBe(2)
    await receive()
    await expect.poll(async () => (await entriesOf(anna)).unread).toBe(3)
    await notificationIntake.stop()
  })

  it('are read by id, by conversation and up to one, and unread again', async () => {
    const ids: string[] = []
    for (let n = 0; n < 4; n++) ids.push(await receive())
    await notificationIntake.catchUp()
    const { notifications } = await entriesOf(anna)
    const [newest, third, second, first] = notifications.map(({ id }) => id)
    const read = async (body: object) => (await ask('POST /v1/notifications/read', { as: anna, body })).body

    expect(await read({ ids: [third] })).toEqual({ changed: [third] })
    expect(await read({ ids: [third] })).toEqual({ changed: [] })
    expect(await read({ conversationId: ids[3] })).toEqual({ changed: [newest] })
    const { changed } = (await read({ upTo: second })) as { changed: number[] }
    expect(changed.toSorted((one, another) => one - another)).toEqual([first, second])
    expect((await entriesOf(anna)).unread).toBe(0)
    expect((await entriesOf(ben)).unread).toBe(4)

    await ask('POST /v1/notifications/unread', { as: anna, body: { ids: changed } })
    expect((await entriesOf(anna)).unread).toBe(2)
    const theirs = (await entriesOf(ben)).notifications.map(({ id }) => id)
    expect(await read({ ids: theirs })).toEqual({ changed: [] })
  })

  it('are listed in pages, and only of mailboxes that the person still has', async () => {
    for (let n = 0; n < 3; n++) await receive()
    await receive({}, other.id)
    await notificationIntake.catchUp()
    const first = await entriesOf(ben, '?limit=3')
    const second = await entriesOf(ben, `?limit=3&before=${first.next}`)
    expect([first.notifications.length, second.notifications.length, second.next]).toEqual([3, 1, undefined])

    await rooms.people.people.setMemberships(ben.id, [other.id], 'test')
    expect(await entriesOf(ben)).toMatchObject({ notifications: [{ emailAccountId: other.id }], unread: 1 })
    await rooms.people.people.setMemberships(ben.id, [account.id, other.id], 'test')
  })

  it.each(['spam', 'deleted'] as const)(
    'announce no mail of a conversation in %s, also after a merge',
    async (place) => {
      const [id, into] = [await receive({ subject: 'Offer' }), await receive({ subject: 'Order' })]
      expect(await kindsOf(anna)).toEqual(['unassigned', 'unassigned'])
      await rooms.conversations.team.setPlace(id, place, by(ben))
      expect(await entriesOf(anna)).toMatchObject({ notifications: [{ subject: 'Order' }], unread: 1 })
      await rooms.conversations.team.setPlace(into, place, by(ben))
      await rooms.conversations.team.merge(id, into, by(ben))
      expect(await entriesOf(anna)).toMatchObject({ notifications: [], unread: 0 })

      await rooms.conversations.team.setPlace(into, 'inbox', by(ben))
      expect(await entriesOf(anna)).toMatchObject({ unread: 2 })
    },
  )

  it('are kept up to 500 and for 30 days', async () => {
    await receive()
    await notificationIntake.catchUp()
    await database.pool.query(
      `INSERT INTO notifications (user_id, event_id, kind, email_account_id, subject, at)
       SELECT user_id, -n, kind, email_account_id, 'Older', at FROM notifications, generate_series(1, 520) AS n
       WHERE user_id = $1`,
      [anna.id],
    )
    await receive({ subject: 'Newest' })
    await notificationIntake.catchUp()
    const rows = () => database.pool.query('SELECT FROM notifications WHERE user_id = $1', [anna.id])
    expect((await rows()).rowCount).toBe(500)
    expect((await entriesOf(anna)).notifications[0]).toMatchObject({ subject: 'Newest' })

    clock.advance(31 * 24 * 60 * 60_000)
    expect((await entriesOf(anna)).unread).toBe(0)
    await receive()
    await notificationIntake.catchUp()
    expect((await rows()).rowCount).toBe(1)
  })
})

describe('notification settings', () => {
  const put = (body: object) =>
    ask('PUT /v1/notifications/preferences', { as: anna, body: { digest: { interval: 'off' }, ...body } })

  it('have a time zone and quiet hours', async () => {
    const settings = { timeZone: 'Europe/Berlin', quietHours: { from: '18:00', to: '08:00' } }
    expect(await put(settings)).toMatchObject({ status: 200, body: settings })
    expect((await put({ timeZone: 'Asia/Tokyo' })).body).not.toHaveProperty('quietHours')
    expect((await ask('GET /v1/notifications/preferences', { as: ben })).body).not.toHaveProperty('timeZone')
  })

  it('refuse an unknown time zone and a time that is none', async () => {
    expect(await put({ timeZone: 'Europe/Atlantis' })).toMatchObject({
      status: 422,
      body: { code: 'notifications.time_zone_unknown' },
    })
    const wrong = { timeZone: 'Europe/Berlin', quietHours: { from: '25:00', to: '08:00' } }
    expect((await put(wrong)).status).toBe(400)
  })
})
