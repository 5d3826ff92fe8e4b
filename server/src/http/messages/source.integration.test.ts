import { expect, it } from 'vitest'
import type { RemoteMessage } from '../../mail/index.ts'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const { id } = await storeEmailAccount(database, clock)
const account = await rooms.emailAccounts.get(id)
const as = await person('agent', [id])
let number = 0

const lines = (...all: string[]) => Buffer.from(all.join('\r\n'))
const LETTER = [
  'From: Kim <kim@customer.example>', 'Sender: office@customer.example', `To: ${account.address}`, 'Bcc: lee@customer.example',
  'Date: Thu, 26 Nov 2026 20:00:00 +0100', 'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=', 'Message-ID: <letter@customer.example>',
  'In-Reply-To: <before@customer.example>', 'References: <first@customer.example> <before@customer.example>',
  'Content-Type: multipart/related; boundary=b', '',
  '--b', 'Content-Type: text/html', '', '<p>Look</p><img src="cid:a@x">',
  '--b', 'Content-Type: image/png', 'Content-ID: <a@x>', 'Content-Transfer-Encoding: base64', '', 'iVBORw0KGgo=',
  '--b', 'Content-Type: text/csv; name=a.csv', '', 'a;b', '--b--', '',
] // prettier-ignore

async function file(source: Buffer, more: Partial<RemoteMessage> = {}) {
  const parsed = await rooms.parser.parse(source)
  const message: RemoteMessage = {
    ...parsed,
    partial: false,
    remoteId: `imap:1:${++number}:INBOX`,
    folderRemoteId: 'inbox',
    remoteConversationId: undefined,
    receivedAt: clock.now(),
    flags: [],
    source,
    ...more,
  }
  return (await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message)))!
}

it('stores a source and returns it with its attachments, without a request to any server', async () => {
  const source = lines(...LETTER)
  const { messageId } = await file(source)

  const answer = await ask(`GET /v1/messages/${messageId}/source`, { as })
  expect(answer.status).toBe(200)
  expect(answer.text).toBe(source.toString())
  expect(answer.headers['content-disposition']).toContain("filename*=UTF-8''Gr%C3%BC%C3%9Fe.eml")
  expect(answer.headers['content-type']).toBe('application/octet-stream')

  const { attachments } = (await ask(`GET /v1/messages/${messageId}/attachments`, { as })).body as {
    attachments: { id: string; name: string; isInline: boolean }[]
  }
  expect(attachments.map(({ name, isInline }) => [name, isInline])).toEqual([
    ['attachment.png', true],
    ['a.csv', false],
  ])
  expect((await ask(`GET /v1/attachments/${attachments[1]!.id}/content`, { as })).text).toBe('a;b')
  const image = `/v1/attachments/${attachments[0]!.id}/image`
  expect((await ask(`GET /v1/messages/${messageId}/body`, { as })).text).toContain(`src="${image}"`)
  expect((await ask(`GET ${image}`, { as })).headers).toMatchObject({
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  })
})

it('hides the source of a mailbox from callers without access', async () => {
  const { messageId } = await file(lines('From: kim@customer.example', 'Message-ID: <secret@x>', '', 'Secret'))
  const stranger = await person('agent')

  expect((await ask(`GET /v1/messages/${messageId}/source`, { as: stranger })).status).toBe(404)
  expect((await ask(`POST /v1/messages/${messageId}/read-again`, { as: stranger })).status).toBe(404)
})

it('lists unreadable messages, page by page, and removes them after a successful new read', async () => {
  const other = await storeEmailAccount(database, clock)
  const owner = await person('agent', [other.id])
  const quarantine = { reason: 'unreadable', detail: 'It failed.' } as const
  const ids: string[] = []
  for (let n = 0; n < 3; n++) {
    clock.advance(1000)
    const source = lines('From: kim@customer.example', `Message-ID: <unread${n}@x>`, `Subject: ${n}`, '', 'Hello')
    const parsed = await rooms.parser.parse(source)
    const message = { ...parsed, partial: false as const, remoteId: `imap:2:${n}:INBOX`, folderRemoteId: 'inbox' }
    const more = { remoteConversationId: undefined, receivedAt: clock.now(), flags: [], source, marks: { quarantine } }
    const of = await rooms.emailAccounts.get(other.id)
    const filed = await database.transaction((tx) => rooms.conversations.filing.file(tx, of, { ...message, ...more }))
    ids.unshift(filed!.messageId)
  }
  const path = `GET /v1/email-accounts/${other.id}/quarantine`
  interface Page {
    messages: { id: string; marks: object }[]
    next?: string
    count: number
  }
  const first = (await ask(`${path}?limit=2`, { as: owner })).body as Page
  expect([first.messages.map((one) => one.id), first.count]).toEqual([ids.slice(0, 2), 3])
  expect(first.messages[0]!.marks).toEqual({ quarantine })
  const second = (await ask(`${path}?limit=2&before=${first.next}`, { as: owner })).body as Page
  expect([second.messages.map((one) => one.id), second.next]).toEqual([ids.slice(2), undefined])
  expect((await ask(`${path}?before=nonsense`, { as: owner })).body).toMatchObject({
    code: 'conversations.no_such_page',
  })

  expect((await ask(`POST /v1/messages/${ids[0]}/read-again`, { as: owner })).status).toBe(200)
  expect((await ask(path, { as: owner })).body).toMatchObject({ count: 2 })
  expect((await ask(path, { as })).status).toBe(404)
})

it('reads a quarantined message again, including every header field', async () => {
  const unread = { subject: '', from: undefined, sender: undefined, to: [], bcc: [], inReplyTo: [], references: [] }
  const { messageId, conversationId } = await file(lines(...LETTER).subarray(0), {
    ...unread,
    messageId: 'letter2@customer.example',
    sentAt: undefined,
    preview: '',
    body: { type: 'text', content: '' },
    hasAttachments: false,
    attachments: [],
    marks: { quarantine: { reason: 'too_slow', detail: 'more than 10000 ms' } },
  })
  const before = (await ask(`GET /v1/messages/${messageId}`, { as })).body
  expect(before).toMatchObject({ marks: { quarantine: { reason: 'too_slow' } }, subject: '' })

  const { status, body } = await ask(`POST /v1/messages/${messageId}/read-again`, { as })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    subject: 'Grüße',
    messageId: 'letter@customer.example',
    from: { name: 'Kim', address: 'kim@customer.example' },
    sender: { address: 'office@customer.example' },
    bcc: [{ address: 'lee@customer.example' }],
    inReplyTo: ['before@customer.example'],
    references: ['first@customer.example', 'before@customer.example'],
    sentAt: '2026-11-26T19:00:00.000Z',
    preview: 'Look',
    hasAttachments: true,
  })
  expect((body as { marks: object }).marks).not.toHaveProperty('quarantine')
  const shown = (await ask(`GET /v1/conversations/${conversationId}`, { as })).body
  expect(shown).toMatchObject({ conversation: { subject: 'Grüße', preview: 'Look' } })
  expect((await ask('GET /v1/conversations?view=all&search=Look', { as })).text).toContain(conversationId)
})

it('recognizes automatic mail by the fields that a server returns without a source', async () => {
  const headers = [{ name: 'Auto-Submitted', value: 'auto-replied' }]
  const { messageId } = await file(lines('From: kim@customer.example', '', 'Away'), {
    marks: undefined,
    source: undefined,
    messageId: 'away@customer.example',
    headers,
  })
  expect((await ask(`GET /v1/messages/${messageId}`, { as })).body).toMatchObject({
    marks: { automatic: { kind: 'reply', reason: 'Auto-Submitted: auto-replied' } },
  })
})

it('downloads of originals, attachments and conversations are in the audit list, and none starts without its entry', async () => {
  const { messageId, conversationId } = await file(lines(...LETTER))
  const downloads = [
    `GET /v1/messages/${messageId}/source`,
    `GET /v1/messages/${messageId}/attachments.zip`,
    `GET /v1/conversations/${conversationId}/messages.zip`,
  ]
  const detail = { emailAccountId: account.id, conversationId }
  for (const download of downloads) expect((await ask(download, { as })).status).toBe(200)
  const entries = await rooms.people.audit.list({ actor: `person:${as.id}`, limit: 3 })
  expect(entries.map((entry) => [entry.action, entry.subject, entry.detail])).toEqual([
    ['conversation.exported', conversationId, { emailAccountId: account.id, messages: 1 }],
    ['message.attachments_downloaded', messageId, { ...detail, files: 2 }],
    ['message.source_downloaded', messageId, detail],
  ])

  await database.pool.query('ALTER TABLE audit_entries RENAME TO away')
  for (const download of downloads) {
    const { status, text } = await ask(download, { as })
    expect(status).toBe(500)
    expect(text).not.toContain('Message-ID')
  }
  await database.pool.query('ALTER TABLE away RENAME TO audit_entries')
})
