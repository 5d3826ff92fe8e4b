import { beforeAll, describe, expect, it } from 'vitest'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const { id } = await storeEmailAccount(database, clock)
const other = await storeEmailAccount(database, clock)
const as = await person('agent', [id])
let number = 0

interface Listed {
  id: string
  subject: string
  text?: string
  html?: string
  originalHtml?: string
  quotationStart?: number
  signatureStart?: number
  isTruncated?: boolean
  attachments?: { name: string; contentId?: string }[]
  headers?: { name: string; value: string }[]
}

interface Letter {
  subject: string
  from?: string
  body?: string
  more?: readonly string[]
  minutes?: number
  accountId?: EmailAccountId
}

async function file(
  { subject, from = 'kim@customer.example', body = 'Hello', more = [], minutes = 0, accountId = id }: Letter,
  remote: Partial<RemoteMessage> = {},
) {
  const source = Buffer.from(
    [
      `From: Kim <${from}>`, 'To: Support <support@contoso.example>', `Subject: ${subject}`,
      `Message-ID: <${++number}@customer.example>`, ...more, '', body,
    ].join('\r\n'),
  ) // prettier-ignore
  const parsed = await rooms.parser.parse(source)
  const account = await rooms.emailAccounts.get(accountId)
  const receivedAt = new Date(clock.now().getTime() - 60 * 60_000 + minutes * 60_000)
  const message: RemoteMessage = {
    ...{ ...parsed, partial: false, remoteId: `imap:1:${number}:INBOX`, folderRemoteId: 'inbox' },
    ...{ remoteConversationId: undefined, receivedAt, flags: [], source, ...remote },
  }
  return (await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message)))!
}

async function list(query: string): Promise<{ messages: Listed[]; next?: string }> {
  const answer = await ask(`GET /v1/messages?${query}`, { as })
  expect(answer.status, answer.text).toBe(200)
  return answer.body as { messages: Listed[]; next?: string }
}

const subjects = async (query: string) => (await list(query)).messages.map(({ subject }) => subject)

beforeAll(async () => {
  await file({ subject: 'Kettle', minutes: 1 })
  await file({ subject: 'Invoice', from: 'Anna@Shop.example', minutes: 2, more: ['Auto-Submitted: auto-generated'] })
  await file({ subject: 'Kettle again', minutes: 3 }, { flags: ['seen'] })
  await file({ subject: 'Not for the agent', accountId: other.id, minutes: 4 })
})

describe('the list of messages', () => {
  it('has the mailboxes of the caller, latest first, each message once over all pages', async () => {
    expect(await subjects('')).toEqual(['Kettle again', 'Invoice', 'Kettle'])
    const all: string[] = []
    let cursor = ''
    do {
      const { messages, next } = await list(`limit=1${cursor && `&cursor=${cursor}`}`)
      all.push(...messages.map(({ subject }) => subject))
      cursor = next ?? ''
    } while (cursor !== '')
    expect(all).toEqual(['Kettle again', 'Invoice', 'Kettle'])
    expect((await ask(`GET /v1/messages?emailAccountId=${other.id}`, { as })).status).toBe(404)
    expect((await ask('GET /v1/messages?cursor=x', { as })).body).toMatchObject({ code: 'conversations.no_such_page' })
  })

  it.each([
    ['from=anna@shop.example', ['Invoice']],
    ['from=@SHOP.example', ['Invoice']],
    ['to=support@contoso.example&subject=KETTLE', ['Kettle again', 'Kettle']],
    ['to=@elsewhere.example', []],
    ['kind=automatic', ['Invoice']],
    ['kind=personal', ['Kettle again', 'Kettle']],
    ['kind=bounce', []],
    ['direction=out', []],
    ['unread=false', ['Kettle again']],
    ['hasAttachments=true', []],
    ['messageId=1@customer.example', ['Kettle']],
    ['messageId=4@customer.example', []],
    [`after=${new Date(clock.now().getTime() - 58 * 60_000).toISOString()}`, ['Kettle again', 'Invoice']],
    [`before=${new Date(clock.now().getTime() - 58 * 60_000).toISOString()}`, ['Kettle']],
  ])('is filtered by %s', async (query, expected) => {
    expect(await subjects(query)).toEqual(expected)
  })

  it('follows a conversation into another mailbox, with its messages', async () => {
    const target = await storeEmailAccount(database, clock)
    const reader = await person('agent', [target.id])
    const { conversationId } = await file({ subject: 'Moved', minutes: 5 })
    const of = async (who: typeof reader) =>
      ((await ask(`GET /v1/messages?conversationId=${conversationId}`, { as: who })).body as { messages: Listed[] })
        .messages.length
    expect([await of(as), await of(reader)]).toEqual([1, 0])
    const admin = await person('admin')
    const moved = await ask(`POST /v1/conversations/${conversationId}/move`, {
      as: admin,
      body: { emailAccountId: target.id },
    })
    expect(moved.status, moved.text).toBeLessThan(300)
    expect([await of(as), await of(reader)]).toEqual([0, 1])
    const listed = (await ask('GET /v1/messages', { as: reader })).body as { messages: Listed[] }
    expect(listed.messages.map(({ subject }) => subject)).toEqual(['Moved'])
  })
})

describe('the parts of a message', () => {
  const HTML = [
    '<p>Thanks, it works.</p><script>alert(1)</script><img src="cid:logo"><img src="https://track.example/p.png">',
    '<div>On Monday Kim wrote:</div><blockquote type="cite">Does it work?</blockquote>',
  ].join('')

  it('are its text with the start of the quotation, cleaned HTML, and the HTML as it came', async () => {
    const { messageId } = await file({ subject: 'Html', body: HTML, more: ['Content-Type: text/html'], minutes: 6 })
    const [plain] = (await list('subject=Html')).messages
    expect(plain!.text).toContain('Does it work?')
    expect(plain!.isTruncated).toBe(false)
    expect(plain!.text!.slice(0, plain!.quotationStart)).toBe('Thanks, it works.')
    expect(plain).not.toHaveProperty('html')
    const [full] = (await list('subject=Html&include=html,original-html')).messages
    expect(full!.html).toContain('<img src="cid:logo"')
    expect(full!.html).not.toMatch(/script|track\.example/)
    expect(full!.originalHtml).toBe(HTML)
    expect(full).not.toHaveProperty('text')
    const one = (await ask(`GET /v1/messages/${messageId}?include=text,headers`, { as })).body as Listed
    expect(one.text).toBe(plain!.text)
    expect(one.headers).toContainEqual({ name: 'subject', value: 'Html' })
  })

  it('are the signature of a plain text, and attachments by name', async () => {
    await file({ subject: 'Signed', body: 'Hello\r\n\r\n-- \r\nKim\r\n', minutes: 7 })
    const [signed] = (await list('subject=Signed')).messages
    expect(signed!.text!.slice(signed!.signatureStart)).toBe('-- \nKim\n')
    const body = '--b\r\nContent-Type: text/plain\r\n\r\nSee file\r\n--b\r\nContent-Type: text/csv; name=a.csv\r\n\r\na;b\r\n--b--\r\n' // prettier-ignore
    await file({ subject: 'With file', body, more: ['Content-Type: multipart/mixed; boundary=b'], minutes: 8 })
    const [withFile] = (await list('subject=With%20file&include=attachments')).messages
    expect(withFile!.attachments).toMatchObject([{ name: 'a.csv' }])
  })

  it('are cut off when they are long, and complete for the message by itself', async () => {
    const { messageId } = await file({ subject: 'Long', body: 'word '.repeat(30_000), minutes: 9 })
    const [listed] = (await list('subject=Long')).messages
    expect(listed).toMatchObject({ isTruncated: true })
    expect(listed!.text!.length).toBeLessThanOrEqual(100_000)
    const one = (await ask(`GET /v1/messages/${messageId}`, { as })).body as Listed
    expect(one.text!.length).toBeGreaterThan(149_000)
    expect(one.isTruncated).toBe(false)
  })
})
