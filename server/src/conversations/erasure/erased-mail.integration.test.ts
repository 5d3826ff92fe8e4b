import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { searchedTexts } from '../../database/index.ts'
import { createEvents } from '../../events/index.ts'
import { createKeyRing } from '../../kernel/key-ring.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import {
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
  testSeals,
} from '../../../test/kit/index.ts'
import { createConversations } from '../index.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const ANNA = { name: 'Anna', address: 'anna@fabrikam.example' }
const SUPPORT = { name: '', address: 'support@contoso.example' }
const KIM = { name: 'Kim', address: 'kim@customer.example' }
const LEE = { name: 'Lee', address: 'lee@customer.example' }
const PERSON = {
  addresses: [ANNA.address],
  ...{ patterns: searchedTexts([ANNA.address]).patterns, own: new Set([SUPPORT.address]) },
}

const database = await testDatabase()
const { db } = database
const clock = createTestClock('2026-03-01T12:00:00Z')
const [older, newer] = [
  { id: 'older', key: randomBytes(32) },
  { id: 'newer', key: randomBytes(32) },
]
await sql`INSERT INTO encryption_keys (key_id, check_value, created_at)
  VALUES ('older', '', now()), ('newer', '', now())`.execute(db)
const account = await storeEmailAccount(database, clock, {
  ...{ address: SUPPORT.address, kind: 'user' },
  folders: [{ role: 'inbox', synced: true }, { role: 'sent', synced: true }], // prettier-ignore
})
const of = { id: account.id, address: SUPPORT.address, createdAt: clock.now() }

/** Conversations in a process with these keys. */
const processWith = (keys: readonly (typeof older)[], current: string) =>
  createConversations({
    ...{ database, clock, events: createEvents(database) },
    erasureSeals: testSeals(createKeyRing(keys, current)),
  })
const process = processWith([older, newer], 'newer')

const received = new Date('2025-12-20T12:00:00Z')
const mail = (n: number, more: Partial<RemoteMessage>) =>
  customerMessage(clock, n, { receivedAt: received, sentAt: received, to: [SUPPORT], ...more })

const file = (message: RemoteMessage, { filing } = process) =>
  database.transaction((tx) => filing.file(tx, of, message))

async function erase(): Promise<void> {
  clock.advance(1000)
  const { erasure } = process
  await database.transaction((tx) => erasure.begin(tx, PERSON.addresses, clock.now()))
  const hooks = { isInUse: () => Promise.resolve(false), release: () => Promise.resolve() }
  const { ids } = await erasure.findConversations(PERSON, undefined, 100)
  for (const id of ids) await database.transaction((tx) => erasure.erase(tx, id, PERSON, clock.now(), hooks))
}

it('a process without the encryption key imports no erased mail, and keeps the hashes', async () => {
  const message = mail(1, { from: ANNA })
  await file(message)
  await erase()
  expect(await file(message)).toBeUndefined()
  const rows = () => db.selectFrom('erasure_key').selectAll().execute()
  const [key, behind] = [await rows(), processWith([older], 'older')]
  await expect(file(message, behind)).rejects.toMatchObject({ code: 'kernel.key_missing' })
  const begun = database.transaction((tx) => behind.erasure.begin(tx, ['kim@customer.example'], clock.now()))
  await expect(begun).rejects.toMatchObject({ code: 'kernel.key_missing' })
  expect(await rows()).toEqual(key)
})

it('hashes end with the encryption key that an admin gave up', async () => {
  await db.updateTable('encryption_keys').set({ given_up_at: clock.now() }).where('key_id', '=', 'newer').execute()
  const behind = processWith([older], 'older')
  expect(await file(mail(2, { from: ANNA }), behind)).toMatchObject({ created: true })
  await database.transaction((tx) => behind.erasure.begin(tx, [KIM.address], clock.now()))
  const counts = await sql<{ addresses: number; messages: number }>`SELECT
    (SELECT count(*)::integer FROM erased_addresses) AS addresses,
    (SELECT count(*)::integer FROM erased_messages) AS messages`.execute(db)
  expect(counts.rows).toEqual([{ addresses: 1, messages: 0 }])
  await db.updateTable('encryption_keys').set({ given_up_at: null }).execute()
})

it('erased mail of the team does not return by the other protocol, and other mail does', async () => {
  const sent = { from: SUPPORT, to: [ANNA], folderRemoteId: 'sent' }
  const report = { from: { name: '', address: 'mailer-daemon@contoso.example' }, inReplyTo: ['sent@mail.example'] }
  const marks = { automatic: { kind: 'report', reason: 'multipart/report' } } as const
  await file(mail(3, { ...sent, remoteId: 'imap:3:1', messageId: 'sent@mail.example' }))
  await file(mail(4, { ...report, marks, remoteId: 'imap:4:1', messageId: 'report@mail.example' }))
  await erase()
  const later = new Date(received.getTime() + 7 * DAY_MS)
  const again = { ...report, messageId: 'report@mail.example', body: { type: 'text', content: 'Other text' } } as const
  expect(await file(mail(5, { ...again, receivedAt: later, sentAt: later }))).toBeUndefined()
  // Not the same: another author, the same protocol.
  expect(await file(mail(8, { ...again, from: { name: '', address: 'other@customer.example' } }))).toMatchObject({
    created: true,
  })
  expect(await file(mail(7, { ...again, remoteId: 'imap:7:1', sentAt: later }))).toMatchObject({ created: true })
  // The same place.
  expect(await file(mail(4, { ...again, remoteId: 'imap:4:1', sentAt: later }))).toBeUndefined()
})

it('mail of the team to the person and colleagues is not imported, and mail to others is', async () => {
  const sales = { name: 'Sales', address: 'Sales@contoso.example' }
  const alias = { name: '', address: 'Info@contoso.example' }
  const member = { name: 'Agent', address: 'agent@contoso.example' }
  const other = await storeEmailAccount(database, clock, { address: sales.address })
  const aliases = JSON.stringify([{ address: alias.address, source: 'admin' }])
  await sql`UPDATE email_accounts SET aliases = ${aliases}::jsonb WHERE id = ${other.id}`.execute(db)
  await sql`INSERT INTO users (id, name, email, email_verified, role, created_at, updated_at)
    VALUES ('p', 'Agent', ${member.address}, true, 'agent', now(), now())`.execute(db)
  await erase()
  const sent = { from: SUPPORT, folderRemoteId: 'sent' }
  expect(await file(mail(50, { ...sent, to: [ANNA, member], cc: [sales], bcc: [alias] }))).toBeUndefined()
  expect(await file(mail(51, { ...sent, to: [ANNA, member], cc: [LEE] }))).toMatchObject({ created: true })
  expect(await file(mail(52, { from: LEE, to: [SUPPORT], cc: [ANNA] }))).toMatchObject({ created: true })
})

it('erased mail does not return with a mailbox that is removed and connected again', async () => {
  const address = 'returns@contoso.example'
  const connect = async () => {
    const { id } = await storeEmailAccount(database, clock, {
      ...{ address, kind: 'user' },
      folders: [{ role: 'inbox', synced: true }],
    })
    return (message: RemoteMessage) =>
      database.transaction((tx) => process.filing.file(tx, { id, address, createdAt: clock.now() }, message))
  }
  const theirs = mail(60, { from: ANNA, messageId: 'theirs@mail.example', receivedAt: clock.now() })
  const report = mail(61, {
    ...{ from: { name: '', address: 'mailer-daemon@contoso.example' }, inReplyTo: ['theirs@mail.example'] },
    marks: { automatic: { kind: 'report', reason: 'multipart/report' } },
  })
  const fileAtFirst = await connect()
  await fileAtFirst(theirs)
  await fileAtFirst(report)
  await erase()
  await db.deleteFrom('email_accounts').where('address', '=', address).execute()
  const fileAgain = await connect()
  expect(await fileAgain({ ...report, remoteId: 'other' })).toBeUndefined()
  expect(await fileAgain(mail(62, { from: LEE }))).toMatchObject({ created: true })
})

it('the copy of a message that waits for it is stored', async () => {
  const known: string[] = []
  process.outgoing.onSentMail({
    knownAmong: (_tx, _id, copies) =>
      Promise.resolve(
        new Map(
          copies
            .filter((copy) => copy.rfcMessageId === 'ours@mail.example')
            .map((copy) => [copy.remoteId, { isAutomatic: false }]),
        ),
      ),
    conversationOf: () => Promise.resolve(undefined),
    merged: () => Promise.resolve(),
    listOf: () => Promise.resolve([]),
    filed: (_tx, { remoteId }) => Promise.resolve(void known.push(remoteId)),
  })
  const sent = { from: SUPPORT, to: [ANNA], folderRemoteId: 'sent' }
  expect(await file(mail(9, { ...sent, messageId: 'ours@mail.example' }))).toMatchObject({ created: true })
  expect(await file(mail(10, sent))).toBeUndefined()
  expect(known).toEqual(['remote-9'])
})
