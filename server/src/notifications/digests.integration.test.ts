/** Digests by email, from unread entries to the outbox. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { ConversationId, EmailAccountId } from '../kernel/ids.ts'
import { composeMime, type RemoteMessage } from '../mail/index.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../test/kit/index.ts'

const QUARTER_MS = 15 * 60_000
const database = await testDatabase()
const clock = createTestClock('2026-03-02T09:00:00Z')
const { ask, person, rooms, notificationIntake, digests } = await createTestApp(database, clock)
const [account, other] = [await storeEmailAccount(database, clock), await storeEmailAccount(database, clock)]
const anna = await person('agent', [account.id])
let count = 0

beforeEach(async () => {
  await database.pool.query('TRUNCATE notifications, notification_settings, submissions CASCADE')
  clock.set(new Date(Math.ceil((clock.now().getTime() + 1) / 3_600_000) * 3_600_000))
})

async function receive(subject: string, more: Partial<RemoteMessage> = {}, id: EmailAccountId = account.id) {
  const of = { id, address: 'us@contoso.example', createdAt: new Date('2025-12-01T00:00:00Z') }
  const message = customerMessage(clock, ++count, {
    ...{ subject, from: { name: 'Kim', address: 'kim@customer.example' } },
    ...more,
  })
  await database.transaction((tx) => rooms.conversations.filing.file(tx, of, message))
  await notificationIntake.catchUp()
}

function choose(more: object = {}, emailAccountId: string = account.id, as = anna) {
  const body = { timeZone: 'UTC', digest: { interval: 'quarter-hourly', emailAccountId }, ...more }
  return ask('PUT /v1/notifications/preferences', { as, body })
}

async function sent() {
  await digests.sendDue()
  return rooms.submissions.listUnsent(account.id)
}

async function nextQuarter() {
  clock.advance(QUARTER_MS)
  return sent()
}

describe('a digest', () => {
  it('lists unread notifications once, to the login address, by the chosen mailbox', async () => {
    expect((await choose()).status).toBe(200)
    await receive('Lost parcel')
    expect(await sent()).toEqual([])
    const [digest, ...more] = await nextQuarter()

    expect(more).toEqual([])
    expect(digest).toMatchObject({
      ...{ emailAccountId: account.id, submittedBy: 'notification-digest' },
      content: { to: [{ address: anna.email }], subject: 'Postkey: 1 unread notification' },
    })
    expect(digest!.content.text).toContain('New from Kim: Lost parcel')
    expect(digest!.content.text).toMatch(/http:\/\/localhost:8400\/inbox\/[0-9a-f-]{36}/)
    expect(await nextQuarter()).toHaveLength(1)
    await receive('Second parcel')
    const later = await nextQuarter()
    expect(later.map(({ content }) => content.text?.includes('Lost parcel')).sort()).toEqual([false, true])
  })

  it('is marked as generated, so that no program answers it', async () => {
    await choose()
    await receive('Lost parcel')
    const [digest] = await nextQuarter()
    const { rows } = await database.pool.query<{ content: { isGenerated: boolean } }>('SELECT content FROM submissions')
    expect(rows[0]!.content.isGenerated).toBe(true)
    const { messageId, from, content, inReplyTo, references } = digest!
    const message = { messageId, from, inReplyTo, references, sentAt: clock.now(), isGenerated: true }
    const mime = String(await composeMime({ ...content, ...message, attachments: [] }))
    expect(mime).toContain('Auto-Submitted: auto-generated\r\n')
    expect(mime).toContain('X-Auto-Response-Suppress: All\r\n')
  })

  it('is sent once per interval by several servers, also when one stops before the end', async () => {
    await choose()
    await receive('Lost parcel')
    clock.advance(QUARTER_MS)
    const { rows } = await database.pool.query<{ digest_due_at: Date }>(
      'SELECT digest_due_at FROM notification_settings',
    )
    await Promise.all([digests.sendDue(), digests.sendDue(), digests.sendDue()])
    expect(await sent()).toHaveLength(1)

    // As if the due time had not advanced.
    await database.pool.query('UPDATE notification_settings SET digest_due_at = $1, digested_to = 0', [
      rows[0]!.digest_due_at,
    ])
    expect(await sent()).toHaveLength(1)
  })

  it('is not sent when everything was read meanwhile', async () => {
    await choose()
    await receive('Lost parcel')
    const { body } = await ask('GET /v1/notifications', { as: anna })
    const { notifications } = body as { notifications: { id: number }[] }
    await ask('POST /v1/notifications/read', { as: anna, body: { upTo: notifications[0]!.id } })
    expect(await nextQuarter()).toEqual([])
  })

  it('leaves out mail that was marked as spam meanwhile', async () => {
    await choose()
    await receive('Lost parcel')
    const { body } = await ask('GET /v1/notifications', { as: anna })
    const { conversationId } = (body as { notifications: { conversationId: ConversationId }[] }).notifications[0]!
    await rooms.conversations.team.setPlace(conversationId, 'spam', `person:${anna.id}`)
    expect(await nextQuarter()).toEqual([])
  })

  it('waits for the end of quiet hours', async () => {
    clock.set('2026-04-01T20:00:00Z')
    await choose({ timeZone: 'Europe/Berlin', quietHours: { from: '22:00', to: '08:00' } })
    await receive('Lost parcel')
    expect(await nextQuarter()).toEqual([])
    clock.set('2026-04-02T05:59:00Z')
    expect(await sent()).toEqual([])
    clock.set('2026-04-02T06:00:00Z')
    expect(await sent()).toHaveLength(1)
  })

  it('is sent daily at the end of quiet hours that include its time', async () => {
    clock.set('2026-05-01T20:00:00Z')
    const quietHours = { from: '22:00', to: '10:00' }
    await choose({ timeZone: 'UTC', quietHours, digest: { interval: 'daily', emailAccountId: account.id } })
    await receive('Lost parcel')
    clock.set('2026-05-02T08:00:00Z')
    expect(await sent()).toEqual([])
    clock.set('2026-05-02T10:00:00Z')
    expect(await sent()).toHaveLength(1)
  })

  it('lists only mailboxes to which the person has access, and needs access to the one that sends it', async () => {
    await rooms.people.people.setMemberships(anna.id, [account.id, other.id], 'test')
    await choose()
    await receive('Of another mailbox', {}, other.id)
    await receive('Of this mailbox')
    await rooms.people.people.setMemberships(anna.id, [account.id], 'test')
    const [digest] = await nextQuarter()
    expect(digest!.content.text).toContain('Of this mailbox')
    expect(digest!.content.text).not.toContain('Of another mailbox')

    await receive('Later')
    await rooms.people.people.setMemberships(anna.id, [], 'test')
    expect(await nextQuarter()).toHaveLength(1)
    await rooms.people.people.setMemberships(anna.id, [account.id], 'test')
  })

  it('waits while its mailbox is stopped', async () => {
    await choose()
    await receive('Lost parcel')
    const set = (state: string) =>
      database.pool.query('UPDATE email_accounts SET state = $1 WHERE id = $2', [state, account.id])
    await set('paused')
    expect(await nextQuarter()).toEqual([])
    await set('connected')
    expect(await nextQuarter()).toHaveLength(1)
  })

  it('stays in one closed conversation of its mailbox, without notifications', async () => {
    const ben = await person('agent', [account.id])
    await choose()
    await receive('First')
    await nextQuarter()
    await receive('Second')
    const all = await nextQuarter()
    const ids = new Set(all.map(({ conversationId }) => conversationId))
    expect(ids.size).toBe(1)
    const conversation = await rooms.conversations.reading.find([...ids][0]!)
    expect(conversation).toMatchObject({ status: 'closed' })

    const subjects = async () => {
      await notificationIntake.catchUp()
      const { body } = await ask('GET /v1/notifications', { as: ben })
      return (body as { notifications: { subject: string }[] }).notifications.map(({ subject }) => subject)
    }
    expect(await subjects()).toEqual(['Second', 'First'])
  })

  it('is never sent to a mailbox of Postkey, also when the address becomes one later', async () => {
    const ben = await person('agent', [account.id])
    await database.pool.query('UPDATE email_accounts SET address = $1 WHERE id = $2', [
      ben.email.toUpperCase(),
      other.id,
    ])
    expect(await choose({}, account.id, ben)).toMatchObject({
      status: 422,
      body: { code: 'notifications.digest_to_mailbox' },
    })

    await database.pool.query('UPDATE email_accounts SET address = $1 WHERE id = $2', [
      'other@contoso.example',
      other.id,
    ])
    expect((await choose({}, account.id, ben)).status).toBe(200)
    await receive('Lost parcel')
    const alias = JSON.stringify([{ address: ben.email, source: 'admin' }])
    await database.pool.query('UPDATE email_accounts SET aliases = $1 WHERE id = $2', [alias, other.id])
    expect(await nextQuarter()).toEqual([])
    await database.pool.query(`UPDATE email_accounts SET aliases = '[]' WHERE id = $1`, [other.id])
  })

  it('causes no notification when its recipient forwards it to a mailbox of Postkey', async () => {
    await choose()
    await receive('Lost parcel')
    const [digest] = await nextQuarter()
    const from = { ...digest!.from, address: digest!.from.address.toUpperCase() }
    const marks = { automatic: { kind: 'generated' as const, reason: 'Auto-Submitted: auto-generated' } }
    await receive('Postkey: 1 unread notification', { marks, from })
    expect(await nextQuarter()).toHaveLength(1)
    await receive('Order 17', { marks })
    expect(await nextQuarter()).toHaveLength(2)
  })

  it('keeps back no other digest when it fails', async () => {
    const ben = await person('agent', [account.id])
    await choose()
    await choose({}, account.id, ben)
    await receive('Lost parcel')
    // Due before the digest of Ben, in a time zone that this Node.js does not know.
    await database.pool.query(
      `UPDATE notification_settings SET digest = 'daily', time_zone = 'Removed/Zone',
       digest_due_at = digest_due_at - interval '1 minute' WHERE user_id = $1`,
      [anna.id],
    )
    const all = await nextQuarter()
    expect(all.map(({ content }) => content.to[0]!.address)).toEqual([ben.email])
  })

  it('needs a mailbox of the person', async () => {
    expect((await choose({}, other.id)).status).toBe(404)
    expect(await choose({ digest: { interval: 'hourly' } })).toMatchObject({
      ...{ status: 422, body: { code: 'notifications.digest_without_mailbox' } },
    })
  })
})
