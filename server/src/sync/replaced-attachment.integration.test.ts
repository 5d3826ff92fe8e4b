import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDovecot, type Dovecot } from '../../../mail-servers/index.ts'
import { systemClock } from '../kernel/clock.ts'
import type { EmailAccountId, StoredMessageId } from '../kernel/ids.ts'
import { emailAccountsForTest, testDatabase } from '../../test/kit/index.ts'
import { openByImap } from '../../test/sync/imap-stage.ts'
import { count, createStage, listEventKinds } from '../../test/sync/stage.ts'

const BEN = 'ben@contoso.example'
const ANNA = 'anna@contoso.example'
const database = await testDatabase()
const microsoft = await emailAccountsForTest()
const stage = createStage(database, systemClock, new Map())
const { sync, conversations } = stage
let dovecot: Dovecot

beforeAll(async () => {
  dovecot = await startDovecot({
    users: { 'replaced@contoso.example': 'pw', 'two@contoso.example': 'pw', 'second@contoso.example': 'pw' },
  })
  await sync.start()
})
afterAll(async () => {
  await sync.stop()
  await dovecot.stop()
})

async function read(id: EmailAccountId): Promise<void> {
  await sync.wake(id)
  await sync.settled()
}

async function messagesOf(id: EmailAccountId) {
  return database.db
    .selectFrom('messages')
    .select(['id', 'remote_id', 'presence', 'message_id'])
    .where('email_account_id', '=', id)
    .where('subject', '=', 'Invoice')
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

const namesOf = async (id: StoredMessageId) => (await conversations.messages.attachments(id))?.map(({ name }) => name)
const versionNamesOf = async (id: StoredMessageId) =>
  (await conversations.messages.versions(id)).map(({ attachments }) => attachments?.map(({ name }) => name))

function withFile(name: string, content: string): string {
  return [
    'From: Kim <kim@customer.example>',
    'To: support@contoso.example',
    'Subject: Invoice',
    'Message-ID: <invoice@customer.example>',
    'Date: Thu, 26 Nov 2026 10:00:00 +0000',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    '',
    'See the file',
    '--b',
    'Content-Type: application/octet-stream',
    `Content-Disposition: attachment; filename="${name}"`,
    '',
    content,
    '--b--',
    '',
  ].join('\r\n')
}
const PLACEHOLDER = withFile('ATP Scan In Progress.eml', 'Scanning')
const REAL = withFile('invoice.pdf', '%PDF-1.7 '.repeat(500))

async function associatedByImap(address: string): Promise<EmailAccountId> {
  const { id } = await stage.associate(address, openByImap(address, dovecot.imapPort, systemClock).transport)
  await database.db.updateTable('email_accounts').set({ receives_by: 'imap' }).where('id', '=', id).execute()
  return id
}

describe('an attachment that was scanned after delivery (Dynamic Delivery)', () => {
  it('replaces its placeholder by IMAP with a new UID', async () => {
    const id = await associatedByImap('replaced@contoso.example')
    await read(id)
    await dovecot.deliver('replaced@contoso.example', PLACEHOLDER)
    await read(id)
    const [before] = await messagesOf(id)
    expect(await namesOf(before!.id)).toEqual(['ATP Scan In Progress.eml'])

    await dovecot.doveadm(['expunge', '-u', 'replaced@contoso.example', 'mailbox', 'INBOX', 'uid', '1'])
    await dovecot.deliver('replaced@contoso.example', REAL)
    await read(id)
    await read(id)

    const after = await messagesOf(id)
    expect(after.map((row) => [row.id, row.presence])).toEqual([[before!.id, 'present']])
    expect(await namesOf(before!.id)).toEqual(['invoice.pdf'])
    expect(await versionNamesOf(before!.id)).toEqual([['ATP Scan In Progress.eml']])
    const kinds = await listEventKinds(database, id)
    expect([count(kinds, 'message.received'), count(kinds, 'message.content_replaced'), count(kinds, 'message.removed')]).toEqual([1, 1, 0]) // prettier-ignore
  })

  it('replaces its placeholder on Graph under the same id', async () => {
    await microsoft.write({ from: 'kim@customer.example', to: BEN, subject: 'Invoice', text: 'See the file' })
    const messages = () => microsoft.ask<{ value: { id: string; subject: string }[] }>(BEN, 'GET', '/me/mailFolders/inbox/messages?$top=100') // prettier-ignore
    const remote = async () => (await messages()).value.find(({ subject }) => subject === 'Invoice')
    await expect.poll(remote).toBeDefined()
    const path = `/me/messages/${(await remote())!.id}/attachments`
    const attach = (name: string, content: string) =>
      microsoft.ask<{ id: string }>(BEN, 'POST', path, {
        '@odata.type': '#microsoft.graph.fileAttachment',
        name,
        contentBytes: Buffer.from(content).toString('base64'),
      })
    const placeholder = await attach('ATP Scan In Progress.eml', 'Scanning')

    const { id } = await stage.associate(BEN, await microsoft.open(BEN, 'me'))
    await expect.poll(async () => (await messagesOf(id)).length).toBe(1)
    await read(id)
    const [before] = await messagesOf(id)
    const transport = stage.transports.get(BEN)!
    await conversations.messages.keepAttachments(before!.id, await transport.reading.listAttachments(before!.remote_id))
    expect(await namesOf(before!.id)).toEqual(['ATP Scan In Progress.eml'])

    await microsoft.ask(BEN, 'PATCH', `/me/messages/${before!.remote_id}`, { isRead: true })
    await read(id)
    expect(await versionNamesOf(before!.id)).toEqual([])

    await microsoft.ask(BEN, 'DELETE', `${path}/${placeholder.id}`)
    await attach('invoice.pdf', '%PDF-1.7 '.repeat(500))
    await read(id)
    expect((await messagesOf(id)).map((row) => row.id)).toEqual([before!.id])
    expect(await namesOf(before!.id)).toEqual(['invoice.pdf'])
    expect(await versionNamesOf(before!.id)).toEqual([['ATP Scan In Progress.eml']])
  })
})

describe('two messages on the server with the same Message-ID', () => {
  it.each([
    ['read one after the other', true],
    ['read in one page', false],
  ])('stay separate on Graph, %s', async (_, isReadBetween) => {
    const messageId = `${isReadBetween ? 'apart' : 'together'}@customer.example`
    const write = async (name: string, content: string) => {
      const url = `${microsoft.sandbox.controlPanel}/api/outside/raw?from=kim@customer.example&to=${ANNA}`
      const body = withFile(name, content).replace('invoice@customer.example', messageId)
      expect((await fetch(url, { method: 'POST', headers: { 'content-type': 'message/rfc822' }, body })).ok).toBe(true)
    }
    const transport = await microsoft.open(ANNA, 'me')
    const arrived = (count: number) => expect.poll(async () => (await transport.findByMessageId(messageId)).length).toBe(count) // prettier-ignore
    const { id } = (await stage.emailAccounts.list()).find(({ address }) => address === ANNA) ?? (await stage.associate(ANNA, transport)) // prettier-ignore
    await sync.settled()
    await write('page-1.pdf', 'one '.repeat(100))
    await arrived(1)
    if (isReadBetween) await read(id)
    await write('page-2.pdf', 'two '.repeat(200))
    await arrived(2)
    await read(id)

    const stored = (await messagesOf(id)).filter((row) => row.message_id === messageId)
    expect(stored).toHaveLength(2)
    const names = await Promise.all(stored.map((row) => namesOf(row.id)))
    expect(names.flat().toSorted()).toEqual(['page-1.pdf', 'page-2.pdf'])
  })

  it('stay separate by IMAP', async () => {
    const id = await associatedByImap('two@contoso.example')
    await read(id)
    await dovecot.deliver('two@contoso.example', PLACEHOLDER)
    await read(id)
    await dovecot.deliver('two@contoso.example', REAL)
    await read(id)
    await read(id)
    const stored = await messagesOf(id)
    expect(stored.map(({ presence }) => presence)).toEqual(['present', 'present'])
    expect(await Promise.all(stored.map((row) => namesOf(row.id)))).toEqual([
      ['ATP Scan In Progress.eml'],
      ['invoice.pdf'],
    ])
  })

  it('stay separate by IMAP when the attachment of the second is replaced', async () => {
    const address = 'second@contoso.example'
    const id = await associatedByImap(address)
    await dovecot.deliver(address, withFile('terms.pdf', '%PDF-1.7 terms '.repeat(300)))
    await read(id)
    await dovecot.deliver(address, PLACEHOLDER)
    await read(id)
    const before = await messagesOf(id)
    expect(before).toHaveLength(2)

    await dovecot.doveadm(['expunge', '-u', address, 'mailbox', 'INBOX', 'uid', '2'])
    await dovecot.deliver(address, REAL)
    await read(id)
    await read(id)
    const after = await messagesOf(id)
    expect(after.map((row) => [row.id, row.presence])).toEqual(before.map((row) => [row.id, 'present']))
    const names = await Promise.all(after.map((row) => namesOf(row.id)))
    expect(names.flat().toSorted()).toEqual(['invoice.pdf', 'terms.pdf'])
  })
})
