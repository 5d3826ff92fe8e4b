import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createConversations, type StoredMessage } from '../../conversations/index.ts'
import { createEmailAccounts } from '../../email-accounts/index.ts'
import { createEvents } from '../../events/index.ts'
import { systemClock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { AttachmentId } from '../../kernel/ids.ts'
import { newMessageId, type OutgoingMessage } from '../../mail/index.ts'
import { createSync, createSyncStates } from '../../sync/index.ts'
import {
  createTestApp,
  createTestClock,
  emailAccountsForTest,
  readZip,
  silentLog,
  storeEmailAccount,
  testDatabase,
  WAIT,
} from '../../../test/kit/index.ts'
import type { GraphTransport } from '../../transports/index.ts'

const BEN = 'ben@contoso.example'
const COLLEAGUE = 'anna@contoso.example'
const CUSTOMER = 'kim@customer.example'
const PDF = {
  name: 'Rechnung für März.pdf',
  contentType: 'application/pdf',
  isInline: false,
  content: Buffer.from('%PDF'),
}
const PHOTO = {
  ...{ name: 'photo.png', contentType: 'image/png', contentId: 'photo@contoso.example', isInline: true },
  content: Buffer.from('89504e470d0a1a0a', 'hex'),
}

const database = await testDatabase()
const clock = createTestClock(systemClock.now())
const microsoft = await emailAccountsForTest()
const ben = await microsoft.open(BEN, 'me')
const anna = await microsoft.open(COLLEAGUE, 'me')

const events = createEvents(database)
const conversations = createConversations({ database, clock, events })
const emailAccounts = createEmailAccounts({
  syncStates: createSyncStates({ clock }),
  ...{ database, clock, events, audit: { record: () => Promise.resolve() } },
  transports: { canSendBy: () => Promise.resolve(true), open: () => Promise.resolve(ben) },
  cloudProviders: { get: () => Promise.reject(new TypeError('nothing is associated here')) },
  cloudProviderOf: () => Promise.reject(new TypeError('nothing is associated here')),
  countsOf: (id) => conversations.reading.counts(id),
  unsentOf: () => Promise.resolve({ waiting: 0, unknown: 0, failed: 0 }),
})
const sync = createSync({
  ...{ database, clock, events, emailAccounts, conversations, log: silentLog },
  pushFor: () => Promise.resolve({ unavailable: new AppError('sync.push_needs_public_url') }),
})
const { ask, app, person } = await createTestApp(database, clock, { emailAccounts, conversations })
const { id: emailAccountId } = await storeEmailAccount(database, clock)
await database.db.updateTable('email_accounts').set({ address: BEN, kind: 'user' }).execute()
const as = await person('agent', [emailAccountId])

let received: StoredMessage
let sent: StoredMessage

beforeAll(async () => {
  await send(anna, {
    ...{
      from: { name: '', address: COLLEAGUE },
      to: [{ name: 'Ben', address: BEN }],
      subject: 'Kaffeemaschine',
    },
    ...{ html: '<p>Sie tropft ununterbrochen <img src="cid:photo@contoso.example"></p>', attachments: [PDF, PHOTO] },
  })
  await send(ben, {
    ...{ from: { name: 'Ben', address: BEN }, to: [{ name: '', address: CUSTOMER }], subject: 'Your invoice' },
    ...{ text: 'Here it is.', attachments: [PDF] },
  })
  await sync.start()
  await vi.waitUntil(async () => {
    await sync.wake(emailAccountId)
    await sync.settled()
    received = (await messagesCalled('Kaffeemaschine', 'in'))!
    sent = (await messagesCalled('Your invoice', 'out'))!
    return [received, sent].every(Boolean)
  }, WAIT)
  await sync.stop()
}, 60_000)

describe('an attachment at Microsoft', () => {
  it.each([
    ['received', () => received, [PDF, PHOTO]],
    ['sent', () => sent, [PDF]],
  ] as const)(
    'is requested from the server once and can be downloaded, for a message that was %s',
    async (_, of, expected) => {
      const at = `GET /v1/messages/${of().id}/attachments`
      const lists = () => microsoft.requests.filter(({ url }) => /\/attachments$/.test(url.pathname)).length
      const before = lists()

      const { attachments } = (await ask(at, { as })).body as { attachments: { id: string; name: string }[] }
      expect(await ask(at, { as })).toMatchObject({ status: 200, body: { attachments } })

      expect(lists() - before).toBe(1)
      expect(attachments.map(({ name }) => name).sort()).toEqual(expected.map(({ name }) => name).sort())
      for (const { id, name } of attachments) {
        const { headers, content } = await download(id)
        expect(content).toEqual(expected.find((each) => each.name === name)!.content)
        expect(headers['content-disposition']).toContain(`filename*=UTF-8''${encodeURIComponent(name)}`)
      }
    },
  )

  it('is part of the ZIP file of its message', async () => {
    const headers = { host: 'localhost:8400', cookie: as.cookie! }
    const answer = await app.inject({ url: `/v1/messages/${received.id}/attachments.zip`, headers })

    expect(answer.statusCode).toBe(200)
    expect(answer.headers).toMatchObject({ 'content-type': 'application/zip' })
    expect(answer.headers['content-disposition']).toContain("filename*=UTF-8''Kaffeemaschine.zip")
    const texts = [PDF, PHOTO].map(({ name, content }) => [name, content.toString()])
    expect(readZip(answer.rawPayload)).toEqual(Object.fromEntries(texts))
  })

  it('is copied by the repetition of a request whose download failed after the list was stored', async () => {
    const content = { to: [], cc: [], bcc: [], subject: 'Fwd: Kaffeemaschine' }
    const { id } = (await ask('POST /v1/drafts', { as, body: { emailAccountId, content } })).body as { id: string }
    const of = received.id
    await database.db.deleteFrom('attachments').where('message_id', '=', of).execute()
    await database.db.updateTable('messages').set({ attachments_known: false }).where('id', '=', of).execute()
    const copy = () =>
      ask(`POST /v1/drafts/${id}/forwarded-attachments`, {
        ...{ as, body: { messageId: of }, headers: { 'idempotency-key': 'copied' } },
      })
    const download = vi.spyOn(ben.reading, 'downloadAttachment').mockImplementation(() => {
      throw new AppError('transports.unavailable')
    })
    const refused = await copy()
    expect(refused).toMatchObject({ status: 503, body: { code: 'transports.unavailable' } })
    expect(download).toHaveBeenCalled()
    download.mockRestore()

    const copied = await copy()
    expect(copied.status, copied.text).toBe(201)
    expect((copied.body as { attachments: unknown[] }).attachments).toHaveLength(2)
  })

  it('is copied into a forwarding draft, with the same Content-ID for images', async () => {
    const content = { to: [], cc: [], bcc: [], subject: 'Fwd: Kaffeemaschine' }
    const { id } = (await ask('POST /v1/drafts', { as, body: { emailAccountId, content } })).body as { id: string }

    const copied = await ask(`POST /v1/drafts/${id}/forwarded-attachments`, { as, body: { messageId: received.id } })

    expect(copied.status).toBe(201)
    const { attachments } = copied.body as { attachments: { name: string }[] }
    expect(attachments.sort((a, b) => (a.name < b.name ? -1 : 1))).toMatchObject([
      { name: PDF.name, contentType: 'application/pdf', isInline: false, sizeBytes: PDF.content.length },
      { name: 'photo.png', contentId: 'photo@contoso.example', isInline: true, sizeBytes: PHOTO.content.length },
    ])
    const body = {
      emailAccountId,
      draftId: id,
      to: [{ address: CUSTOMER }],
      subject: 'Fwd: Kaffeemaschine',
      text: 'See',
    }
    const submitted = await ask('POST /v1/submissions', { as, body, headers: { 'idempotency-key': 'forward' } })
    expect((submitted.body as { content: { attachments: unknown[] } }).content.attachments).toHaveLength(2)
  })
})

it('downloads attachments that were listed by IMAP, after a switch to Graph, once their source is deleted', async () => {
  const { attachments } = (await ask(`GET /v1/messages/${received.id}/attachments`, { as })).body as {
    attachments: { id: AttachmentId; name: string }[]
  }
  const idsAtServer = await database.db.selectFrom('attachments').select(['id', 'remote_id']).execute()
  for (const [n, { id }] of attachments.entries()) await setRemoteId(id, `2.${n + 1}`)

  for (const { id, name } of attachments)
    expect((await download(id)).content).toEqual([PDF, PHOTO].find((each) => each.name === name)!.content)

  for (const { id, remote_id: remoteId } of idsAtServer) await setRemoteId(id, remoteId)
})

it('shows an attached image in its message, without requests to other servers', async () => {
  const { text } = await ask(`GET /v1/messages/${received.id}/body`, { as })

  const [, url] = /<img src="([^"]+)"/.exec(text)!
  expect(url).toMatch(/^\/v1\/attachments\/[^/]+\/image$/)
  const answer = await app.inject({ url: url!, headers: { host: 'localhost:8400', cookie: as.cookie! } })
  expect(answer.rawPayload).toEqual(PHOTO.content)
})

it.each([
  ['the name of the sender', () => received.from!.name.split(' ').at(-1)!],
  ['the address of the sender', () => COLLEAGUE],
  ['the subject, of which the end is missing', () => 'kaffeemasch'],
  ['words of the text in any order', () => 'ununterbrochen sie'],
])('finds a conversation by %s', async (_, wordsOf) => {
  const url = `GET /v1/conversations?view=all&search=${encodeURIComponent(wordsOf())}`

  const { body } = await ask(url, { as })

  const { conversations: found } = body as { conversations: { id: string }[] }
  expect(found.map(({ id }) => id)).toContain(received.conversationId)
  expect(found.map(({ id }) => id)).not.toContain(sent.conversationId)
})

async function send(from: GraphTransport, letter: Partial<OutgoingMessage> & Pick<OutgoingMessage, 'from' | 'to'>) {
  const { remoteId, toAttach } = await from.sending.createDraft({
    ...{ messageId: newMessageId(letter.from.address), sentAt: systemClock.now(), cc: [], bcc: [], subject: '' },
    ...{ inReplyTo: [], references: [], attachments: [], ...letter },
  })
  for (const attachment of toAttach) await from.sending.attach(remoteId, attachment)
  await from.sending.sendDraft(remoteId)
}

async function messagesCalled(subject: string, direction: 'in' | 'out'): Promise<StoredMessage | undefined> {
  const row = await database.db
    .selectFrom('messages')
    .select('id')
    .where('subject', '=', subject)
    .where('direction', '=', direction)
    .executeTakeFirst()
  return row && conversations.messages.get(row.id)
}

async function setRemoteId(id: AttachmentId, remoteId: string): Promise<void> {
  await database.db.updateTable('attachments').set({ remote_id: remoteId }).where('id', '=', id).execute()
}

/** Returns bytes, because `ask` reads text. */
async function download(id: string) {
  const url = `/v1/attachments/${id}/content`
  const answer = await app.inject({ url, headers: { host: 'localhost:8400', ...(as.cookie && { cookie: as.cookie }) } })
  expect(answer.statusCode).toBe(200)
  return { headers: answer.headers, content: await buffer(Readable.from([answer.rawPayload])) }
}
