import { beforeAll, expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations, type FilingAccount } from '../index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-04-10T12:00:00Z')
const events = createEvents(database)
const room = createConversations({ database, clock, events })
const anna = { name: 'Anna Berg', address: 'Anna@Fabrikam.example' }
const carl = { name: 'Carl', address: 'carl@fabrikam.example' }
const ids: Record<string, ConversationId> = {}
let [seen, hidden]: FilingAccount[] = []
let number = 0

async function newAccount(address: string): Promise<FilingAccount> {
  const { id } = await storeEmailAccount(database, clock, { address, kind: 'user' })
  return { id, address, createdAt: new Date(0) }
}

async function write(name: string, account: FilingAccount, day: number, more: Partial<RemoteMessage>): Promise<void> {
  const message = { ...customerMessage(clock, ++number, more), receivedAt: new Date(Date.UTC(2026, 3, day)) }
  const [filed] = await database.transaction((tx) => room.filing.fileMany(tx, account, [message]))
  ids[name] = filed!.conversationId
}

beforeAll(async () => {
  seen = await newAccount('support@contoso.example')
  hidden = await newAccount('board@contoso.example')
  const report = { remoteId: '1', name: 'Report.pdf', contentType: 'application/pdf', sizeBytes: 9, contentId: undefined, isInline: false, kind: 'file' } as const // prettier-ignore
  await write('secret', hidden, 1, { from: anna })
  await write('first', seen, 2, { from: anna, hasAttachments: true, attachments: [report] })
  await write('colleague', seen, 3, { from: carl })
  await write('second', seen, 4, { from: { ...anna, address: anna.address.toLowerCase(), name: 'A. Berg' } })
  await write('free', seen, 5, { from: { name: 'Dora', address: 'dora@gmail.com' } })
  await write('similar domain', seen, 3, { from: { name: 'Mallory', address: 'mallory@my-fabrikam.example' } })
  await write('longer domain', seen, 3, { from: { name: 'Mallory', address: 'mallory@fabrikam.example.net' } })
  await write('other free', seen, 6, { from: { name: 'Emil', address: 'emil@gmail.com' } })
})

const of = (name: string, visible: readonly EmailAccountId[] | 'all' = [seen!.id]) =>
  room.customers.of(ids[name]!, visible)

it('has contacts, other conversations, colleagues and files, from visible mailboxes only', async () => {
  const customer = await of('second')
  expect(customer).toMatchObject({
    address: 'anna@fabrikam.example',
    names: ['A. Berg', 'Anna Berg'],
    firstContactAt: new Date('2026-04-02'),
    lastContactAt: new Date('2026-04-04'),
    organization: 'fabrikam.example',
    files: [{ name: 'Report.pdf', conversationId: ids['first'] }],
  })
  expect(customer!.conversations.map(({ id }) => id)).toEqual([ids['first']])
  expect(customer!.ofOrganization.map(({ id }) => id)).toEqual([ids['colleague']])
  const forAdmin = await of('second', 'all')
  expect(forAdmin!.firstContactAt).toEqual(new Date('2026-04-01'))
  expect(forAdmin!.conversations.map(({ id }) => id)).toEqual([ids['first'], ids['secret']])
})

it('has other conversations of a customer with more in Spam', async () => {
  const from = { name: 'Finn', address: 'finn@wide.example' }
  await write('earlier', seen!, 1, { from })
  for (let n = 1; n <= 11; n++) {
    await write(`spam ${n}`, seen!, 2, { from })
    await room.team.setPlace(ids[`spam ${n}`]!, 'spam', 'person:ben')
  }
  await write('latest', seen!, 3, { from })
  expect((await of('latest'))!.conversations.map(({ id }) => id)).toEqual([ids['earlier']])
})

it('names no other address', async () => {
  const address = 'eve@evil.example'
  await write('named', seen!, 7, { from: { name: 'Eve', address } })
  await write('misleading', seen!, 8, { from: { name: 'ceo@contoso.example', address } })
  expect(await of('misleading')).toMatchObject({ address, names: ['Eve'] })
})

it('a free mail service is no organization', async () => {
  expect(await of('free')).toMatchObject({ organization: undefined, ofOrganization: [], conversations: [] })
})

it('an address too long for an index is filed, and is no customer', async () => {
  // Random, because PostgreSQL compresses the values of an index.
  const letters = Array.from({ length: 990 }, () => String.fromCodePoint(0x4e00 + Math.floor(Math.random() * 20_000)))
  await write('long', seen!, 7, { from: { name: 'Long', address: `${letters.join('')}@x.example` } })
  expect(await of('long')).toBeUndefined()
  const refused = { code: 'conversations.no_customer' }
  await expect(room.customers.saveNote(ids['long']!, 'Note', 0, 'ben')).rejects.toMatchObject(refused)
})

it('a note is about an address, and a change of an older version is refused', async () => {
  expect((await of('first'))!.note).toMatchObject({ body: '', version: 0 })
  await room.customers.saveNote(ids['first']!, 'Pays by invoice.', 0, 'ben')
  expect((await of('second'))!.note).toMatchObject({ body: 'Pays by invoice.', version: 1, authorId: 'ben' })
  const changed = { code: 'conversations.customer_note_changed' }
  await expect(room.customers.saveNote(ids['first']!, 'Other', 0, 'carl')).rejects.toMatchObject(changed)
  expect(await room.customers.saveNote(ids['second']!, '', 1, 'carl')).toMatchObject({ body: '', version: 2 })
  await expect(room.customers.saveNote(ids['free']!, 'New', 3, 'carl')).rejects.toMatchObject(changed)
})

it('a saved note is an event that names no address', async () => {
  await room.customers.saveNote(ids['first']!, 'Calls on Fridays.', 2, 'ben')
  const { events: found } = await events.list({ emailAccountIds: [seen!.id], subjectId: ids['first']! })
  const last = found.findLast(({ kind }) => kind === 'customer_note.changed')
  expect(last).toMatchObject({ payload: { by: 'person:ben' } })
  expect(last!.emailAccountId).toBeUndefined()
})
