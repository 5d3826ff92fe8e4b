import { expect, it } from 'vitest'
import type { ConversationId, StoredMessageId } from '../../kernel/ids.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'
import { readHeads } from './read-heads.ts'

const database = await testDatabase()
const clock = createTestClock('2026-07-01T12:00:00Z')
const { ask, person, rooms } = await createTestApp(database, clock)
const address = 'support@contoso.example'
const { id } = await storeEmailAccount(database, clock, { address, kind: 'user' })
const account = { id, address, createdAt: clock.now() }
const as = await person('agent', [id])
let number = 0

async function file(
  html: string,
  inReplyTo: string[] = [],
): Promise<{ conversationId: ConversationId; messageId: StoredMessageId }> {
  const n = ++number
  const message = {
    ...customerMessage(clock, n),
    ...{ subject: 'Lamp <b>', inReplyTo, messageId: `m${n}@customer.example`, receivedAt: clock.now() },
    body: { type: 'html' as const, content: html },
  }
  return (await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message)))!
}

it('a conversation is printed oldest first, without scripts and remote images, at local times', async () => {
  const first = await file('<p>It leaks.</p><script>alert(1)</script><img src="https://evil.example/p.png">')
  await file('<p>Any news?</p>', ['m1@customer.example'])
  const { status, text, headers } = await ask(
    `GET /v1/conversations/${first.conversationId}/print?timeZone=Europe/Berlin`,
    { as },
  )
  expect(status).toBe(200)
  expect(text).toMatch(/It leaks\..*Any news\?/s)
  expect(text).toContain('<h1 dir="auto">Lamp &#60;b&#62;</h1>')
  expect(text).toContain('2:00:00 PM GMT+2')
  expect(text).not.toMatch(/evil\.example|<script/)
  expect(headers['content-security-policy']).toContain("default-src 'none'")
  expect(headers['content-security-policy']).not.toContain('allow-scripts')
})

it('a single message is printed, if it belongs to the conversation', async () => {
  const [one, other] = [await file('<p>One.</p>'), await file('<p>Other.</p>')]
  const at = `GET /v1/conversations/${one.conversationId}/print`
  const { text } = await ask(`${at}?message=${one.messageId}`, { as })
  expect(text).toContain('One.')
  expect((await ask(`${at}?message=${other.messageId}`, { as })).status).toBe(404)
  expect((await ask(`${at}?timeZone=Mars/Olympus`, { as })).body).toMatchObject({
    faults: [{ field: 'query.timeZone' }],
  })
})

it('a long conversation is cut at its older end, with a notice', async () => {
  const long = `<p>${'word '.repeat(500_000)}</p>`
  const first = await file(`<p>Oldest.</p>${long}`)
  const root = `m${number}@customer.example`
  for (let n = 0; n < 2; n++) await file(`<p>Newer ${n}.</p>${long}`, [root])
  const { text } = await ask(`GET /v1/conversations/${first.conversationId}/print`, { as })
  expect(text).toContain('Only the newest messages are on this page.')
  expect(text).toContain('Newer 1.')
  expect(text).not.toContain('Oldest.')
})

it('a conversation is downloaded as its sources in one file, refused to callers without access', async () => {
  const n = ++number
  const source = Buffer.from(`Message-ID: <m${n}@customer.example>\r\n\r\nWhere is it?`)
  const message = {
    ...customerMessage(clock, n, { messageId: `m${n}@customer.example`, subject: 'Lamp' }),
    ...{ remoteId: `imap:1:${n}:INBOX`, source },
  }
  const filed = (await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message)))!
  const at = `GET /v1/conversations/${filed.conversationId}/messages.zip`
  const { status, headers, text } = await ask(at, { as })
  expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'application/zip' })
  expect(headers['content-disposition']).toContain("filename*=UTF-8''Lamp.zip")
  expect(text).toContain('001 2026-07-01 Customer - Lamp.eml')
  expect((await ask(at, { as: await person('agent') })).status).toBe(404)
})

it('a download holds all messages of a long conversation, and reports that older ones are left out', async () => {
  const root = 'long@customer.example'
  const messages = Array.from({ length: 501 }, (_, n) => ({
    ...customerMessage(clock, ++number, { messageId: n === 0 ? root : `long${n}@customer.example` }),
    ...{ inReplyTo: n === 0 ? [] : [root], remoteId: `imap:2:${n}:INBOX`, source: Buffer.from('Subject: x\r\n\r\n') },
  }))
  const filed = await database.transaction((tx) => rooms.conversations.filing.fileMany(tx, account, messages))
  const { conversationId } = filed[0]!
  const { text } = await ask(`GET /v1/conversations/${conversationId}/messages.zip`, { as })
  expect(text).toContain('001 2026-07-01 Customer')
  expect(text).toContain('501 2026-07-01 Customer')
  expect(text).not.toContain('Missing messages.txt')

  const all = await readHeads(rooms.conversations.reading, conversationId, 600)
  expect(all).toMatchObject({ isCut: false, conversation: { id: conversationId } })
  expect(new Set(all.messages.map(({ id }) => id)).size).toBe(501)
  const newest = await readHeads(rooms.conversations.reading, conversationId, 500)
  expect(newest).toEqual({ ...all, messages: all.messages.slice(1), isCut: true })
})
