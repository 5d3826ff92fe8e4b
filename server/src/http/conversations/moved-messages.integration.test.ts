/** A conversation decides who sees its messages, whichever email account received them. */
import { describe, expect, it } from 'vitest'
import { newId, type ConversationId, type StoredMessageId } from '../../kernel/ids.ts'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms, notificationIntake } = await createTestApp(database, clock)
const [old, target] = [await storeEmailAccount(database, clock), await storeEmailAccount(database, clock)]
const account = await rooms.emailAccounts.get(old.id)
const [before, now] = [await person('agent', [old.id]), await person('agent', [target.id])]
const lead = await person('agent', [old.id, target.id])
let count = 0

const lines = (...all: string[]) => Buffer.from(all.join('\r\n'))

/** A message that the old mailbox received, with its source and files. */
async function receive(): Promise<{ conversationId: ConversationId; messageId: StoredMessageId }> {
  const n = ++count
  const source = lines(
    ...[
      `From: Kim <kim${n}@customer.example>`,
      `To: ${account.address}`,
      `Subject: Lamp ${n}`,
      `Message-ID: <m${n}@x>`,
    ],
    ...['Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Type: text/plain', '', `It leaks, zebra${n}.`],
    ...['--b', 'Content-Type: image/png; name=a.png', 'Content-Transfer-Encoding: base64', '', 'iVBORw0KGgo='],
    ...['--b--', ''],
  )
  const filed = await database.transaction(async (tx) =>
    rooms.conversations.filing.file(tx, account, {
      ...(await rooms.parser.parse(source)),
      ...{ partial: false, remoteId: `imap:1:${n}:INBOX`, folderRemoteId: 'inbox', remoteConversationId: undefined },
      ...{ receivedAt: clock.now(), flags: [], source },
    }),
  )
  return filed!
}

async function moveTo(id: ConversationId): Promise<void> {
  const moved = await ask(`POST /v1/conversations/${id}/move`, { as: lead, body: { emailAccountId: target.id } })
  expect(moved).toMatchObject({ status: 200, body: { id, emailAccountId: target.id } })
}

describe('the messages of a conversation in another mailbox', async () => {
  const { conversationId, messageId } = await receive()
  const { conversations } = rooms
  const [attachment] = (await conversations.messages.attachments(messageId))!
  const to = [{ name: '', address: 'kim1@customer.example' }]
  const { id: submission } = await rooms.submissions.submit({
    ...{ emailAccountId: old.id, conversationId, submittedBy: before.id, idempotencyKey: newId() },
    content: { to, cc: [], bcc: [], subject: 'Re: Lamp', text: 'We come.', attachments: [] },
  })
  await database.db
    .updateTable('messages')
    .set({ marks: JSON.stringify({ quarantine: { reason: 'too_big', detail: '' } }) })
    .where('id', '=', messageId)
    .execute()
  await notificationIntake.catchUp()
  await database.db.updateTable('submissions').set({ state: 'sent', state_reason: 'submission.copy_missing' }).execute()
  const LISTS = [
    [`/v1/email-accounts/${old.id}/quarantine`, messageId],
    [`/v1/email-accounts/${old.id}/outbox`, submission],
    ['/v1/notifications', 'Lamp 1'],
    ['/v1/conversations?search=zebra1&view=all', conversationId],
  ] as const
  const listed = await Promise.all(LISTS.map(async ([path, found]) => (await textOf(path)).includes(found)))
  await moveTo(conversationId)

  async function textOf(path: string): Promise<string> {
    return JSON.stringify((await ask(`GET ${path}`, { as: before })).body)
  }

  it('leave the lists of the agents of the mailbox that received them', async () => {
    expect(listed).toEqual([true, true, true, true])
    for (const [path, found] of LISTS) expect(await textOf(path)).not.toContain(found)
  })

  it.each([
    `GET /v1/conversations/${conversationId}`,
    `GET /v1/conversations/${conversationId}/print`,
    `GET /v1/conversations/${conversationId}/print?message=${messageId}`,
    `GET /v1/conversations/${conversationId}/messages.zip`,
    `GET /v1/conversations/${conversationId}/presence`,
    `GET /v1/conversations/${conversationId}/customer`,
    `GET /v1/messages/${messageId}`,
    `GET /v1/messages/${messageId}/body`,
    `GET /v1/messages/${messageId}/source`,
    `GET /v1/messages/${messageId}/versions`,
    `GET /v1/messages/${messageId}/attachments`,
    `GET /v1/messages/${messageId}/attachments.zip`,
    `GET /v1/attachments/${attachment!.id}/content`,
    `GET /v1/attachments/${attachment!.id}/image`,
    `GET /v1/submissions/${submission}`,
  ])('%s answers its agents, and no agent of the mailbox that received them', async (route) => {
    expect((await ask(route, { as: now })).status).toBe(200)
    expect((await ask(route, { as: before })).status).toBe(404)
  })

  it.each([
    ['POST', `/v1/messages/${messageId}/keep-together`],
    ['POST', `/v1/messages/${messageId}/read-again`],
  ])('%s %s changes them for its agents alone', async (method, path) => {
    expect((await ask(`${method} ${path}`, { as: before })).status).toBe(404)
    expect((await ask(`${method} ${path}`, { as: now })).status).toBe(200)
  })

  it('name their mailbox as that of the conversation', async () => {
    const { body } = await ask(`GET /v1/messages/${messageId}`, { as: now })
    expect(body).toMatchObject({ emailAccountId: target.id })
    expect(await conversations.messages.get(messageId)).toMatchObject({ remoteAccountId: old.id })
  })

  it('draw an answer of the mailbox of the conversation, without the address of the other one', async () => {
    await database.db
      .updateTable('messages')
      .set({ cc_addresses: JSON.stringify([{ name: '', address: account.address }]) })
      .where('id', '=', messageId)
      .execute()
    const { body } = await ask(`GET /v1/messages/${messageId}/answer?kind=reply-all`, { as: now })
    const [identity] = await rooms.emailAccounts.identities(await rooms.emailAccounts.get(target.id))
    expect(body).toMatchObject({ to: [{ address: 'kim1@customer.example' }], cc: [], identityId: identity!.id })
  })

  it('are counted with their conversation when a mailbox is removed', async () => {
    expect(await conversations.reading.counts(target.id)).toMatchObject({ conversations: 1, messages: 1 })
    expect(await conversations.reading.counts(old.id)).toMatchObject({ conversations: 0, messages: 0 })
  })
})

it("a customer's contacts are those of the conversations that the reader sees", async () => {
  const { conversationId } = await receive()
  const of = async (visible: 'all' | (typeof old.id)[]) =>
    (await rooms.conversations.customers.of(conversationId, visible))?.firstContactAt
  expect(await of([old.id])).toBeDefined()
  await moveTo(conversationId)
  expect(await of([old.id])).toBeUndefined()
  expect(await of([target.id])).toBeDefined()
})
