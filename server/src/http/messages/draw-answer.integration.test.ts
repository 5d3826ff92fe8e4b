import { expect, it } from 'vitest'
import type { RemoteMessage } from '../../mail/index.ts'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const { id } = await storeEmailAccount(database, clock)
const account = await rooms.emailAccounts.get(id)
const as = await person('agent', [id])

const KIM = { name: 'Kim', address: 'kim@customer.example' }
const LEE = { name: 'Lee', address: 'lee@customer.example' }
const OURS = { name: 'Support', address: account.address.toUpperCase() }
let number = 0

const QUESTION: Omit<RemoteMessage, 'remoteId' | 'messageId'> = {
  partial: false,
  folderRemoteId: 'inbox',
  inReplyTo: [],
  references: [],
  remoteConversationId: undefined,
  subject: 'AW: Broken kettle',
  from: KIM,
  sender: undefined,
  to: [OURS],
  cc: [LEE, KIM],
  bcc: [],
  replyTo: [],
  sentAt: clock.now(),
  receivedAt: clock.now(),
  flags: [],
  preview: '',
  body: {
    type: 'html',
    content:
      '<p onclick="x()">It leaks.</p><script>x()</script><img src="https://tracker.example/a.png"><img src="cid:photo@a">',
  },
  hasAttachments: false,
  headers: [],
}

async function answerTo(kind: string, message: Partial<RemoteMessage> = {}) {
  const n = ++number
  const whole = { ...QUESTION, remoteId: `r${n}`, messageId: `m${n}@customer.example`, ...message } as RemoteMessage
  const filed = await database.transaction((tx) => rooms.conversations.filing.file(tx, account, whole))
  const { status, body } = await ask(`GET /v1/messages/${filed!.messageId}/answer?kind=${kind}`, { as })
  expect(status).toBe(200)
  return { messageId: filed!.messageId, answer: body as Record<string, unknown> }
}

it('begins a reply with its recipient, its subject and a quotation without active or remote content', async () => {
  const { messageId, answer } = await answerTo('reply')

  expect(answer).toMatchObject({ to: [KIM], cc: [], subject: 'Re: Broken kettle', inReplyTo: messageId })
  expect(answer['quotedText']).toContain('> It leaks.')
  expect(answer['quotedHtml']).toContain('<p>It leaks.</p>')
  expect(answer['quotedHtml']).not.toMatch(/script|onclick|tracker|cid:/)
})

it("addresses a reply to the author's Reply-To, and to the recipients if the message is ours", async () => {
  const wanted = await answerTo('reply', { replyTo: [LEE] })
  const ours = await answerTo('reply', { folderRemoteId: 'sent', from: OURS, to: [LEE], cc: [] })

  expect(wanted.answer).toMatchObject({ to: [LEE] })
  expect(ours.answer).toMatchObject({ to: [LEE] })
})

it('addresses a reply to all without the mailbox itself and without duplicates', async () => {
  const { answer } = await answerTo('reply-all')

  expect(answer).toMatchObject({ to: [KIM], cc: [LEE] })
})

it('begins a forward without recipients, with the header as text and the images of the message', async () => {
  const { answer } = await answerTo('forward')

  expect(answer).toMatchObject({ to: [], cc: [], subject: 'Fwd: Broken kettle' })
  expect(answer).not.toHaveProperty('inReplyTo')
  expect(answer['quotedHtml']).toContain('From: Kim')
  expect(answer['quotedHtml']).toContain('src="cid:photo@a"')
  expect(answer['quotedHtml']).not.toMatch(/script|onclick|tracker/)
})
