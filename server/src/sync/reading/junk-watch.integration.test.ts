import { expect, it } from 'vitest'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { createTestClock, testDatabase } from '../../../test/kit/index.ts'
import { CHECK_EVERY_MS, LOOK_AGAIN_MS } from '../reconciliation/cursor-check.ts'
import { JUNK_EVERY_MS } from './junk-watch.ts'
import { count, createStage, listEventKinds } from '../../../test/sync/stage.ts'
import { StrictFolderServer } from '../../../test/sync/strict-folder-server.ts'

const database = await testDatabase()
const clock = createTestClock('2025-12-31T12:00:00Z')
const { associate, sync, emailAccounts, conversations } = createStage(database, clock, new Map())
const KIM = { name: 'Kim', address: 'kim@customer.example' }
const STRANGER = { name: 'Kim', address: 'kim@elsewhere.example' }

async function pass(ms: number): Promise<void> {
  clock.advance(ms)
  await sync.start()
  await sync.settled()
  await sync.stop()
}

/** A mailbox with one conversation: a question from Kim and our answer. */
async function withOneConversation(address: string) {
  const server = new StrictFolderServer()
  const [inbox] = server.folders
  server.folders.push({ ...inbox!, remoteId: 'junk', role: 'junk', name: 'Spamverdacht', path: ['Spamverdacht'] })
  server.deliver({ remoteId: 'asked', messageId: 'asked@customer.example', from: KIM, receivedAt: clock.now() })
  const sent = { folderRemoteId: 'sent', messageId: 'sent@contoso.example', inReplyTo: ['asked@customer.example'] }
  server.deliver({ remoteId: 'sent', ...sent, from: { name: 'Us', address }, to: [KIM], receivedAt: clock.now() })
  const account = await associate(address, server.transport)
  await pass(0)
  const { conversationId } = await messageOf(account.id, 'asked')
  const spam = (remoteId: string, more: Partial<RemoteMessage> = {}) =>
    server.deliver({
      ...{ remoteId, messageId: `${remoteId}@spam.example`, folderRemoteId: 'junk', from: STRANGER, subject: remoteId },
      ...{ receivedAt: clock.now(), ...more },
    })
  return { server, account, id: account.id, conversationId, spam }
}

async function messageOf(id: EmailAccountId, remoteId: string) {
  const row = await database.db
    .selectFrom('messages')
    .select(['id', 'conversation_id'])
    .where('email_account_id', '=', id)
    .where('remote_id', '=', remoteId)
    .executeTakeFirstOrThrow()
  return { message: await conversations.messages.get(row.id), conversationId: row.conversation_id }
}

async function subjectsIn(id: ConversationId): Promise<Record<string, boolean>> {
  const { messages } = await conversations.reading.get(id)
  return Object.fromEntries(messages.map(({ subject, inJunk }) => [subject, inJunk]))
}

async function storedOf(id: EmailAccountId): Promise<number> {
  return (await conversations.reading.counts(id)).messages
}

it('the Junk check files answers with a mark in their conversation and ignores other junk mail', async () => {
  const { id, conversationId, spam, account } = await withOneConversation('watched@contoso.example')
  const token = conversations.outgoing.referencesFor(conversationId, account.address, [])
  spam('By our own letter', { inReplyTo: ['sent@contoso.example'] })
  spam('By the token', { references: token })
  spam('By a letter of hers', { references: ['asked@customer.example'], from: KIM })
  spam('By a letter of hers, from elsewhere', { references: ['asked@customer.example'] })
  spam('By a made-up token', { references: [token[0]!.replace(/\.[0-9a-f]{20}@/, `.${'0'.repeat(20)}@`)] })
  spam('Re: Hello', { from: KIM })
  spam('Win a car')
  await pass(JUNK_EVERY_MS)

  expect(await subjectsIn(conversationId)).toEqual({
    ...{ Hello: false, 'By our own letter': true, 'By the token': true, 'By a letter of hers': true },
  })
  expect(await storedOf(id)).toBe(5)
  // The other one is Kim's question.
  expect(count(await listEventKinds(database, id), 'message.received')).toBe(4)
  expect(count(await listEventKinds(database, id), 'conversation.created')).toBe(1)
})

it('the Junk check removes the mark when the answer is moved to the inbox, without a second event', async () => {
  const { server, id, conversationId, spam } = await withOneConversation('moved@contoso.example')
  spam('Answer', { inReplyTo: ['sent@contoso.example'] })
  await pass(JUNK_EVERY_MS)
  server.move('Answer', 'inbox')
  await pass(JUNK_EVERY_MS)
  expect(await subjectsIn(conversationId)).toEqual({ Hello: false, Answer: false })
  server.move('asked', 'junk')
  await pass(JUNK_EVERY_MS)
  expect((await messageOf(id, 'asked')).message).toMatchObject({ inJunk: true, presence: 'present' })
  expect(count(await listEventKinds(database, id), 'message.received')).toBe(2)
  expect(count(await listEventKinds(database, id), 'message.removed')).toBe(0)
})

it('the Junk check counts ignored junk mail neither as missing nor as part of an import', async () => {
  const { id, spam } = await withOneConversation('well@contoso.example')
  spam('Win a car')
  await pass(CHECK_EVERY_MS)
  await pass(LOOK_AGAIN_MS)
  expect((await emailAccounts.get(id)).state).toBe('connected')
  expect((await sync.reconciledOf(id)).map(({ name, missingFound }) => [name, missingFound])).toEqual([
    ['inbox', 0],
    ['sent', 0],
  ])
  expect(await emailAccounts.importProgress(id)).toMatchObject({ imported: 2, aboutTotal: 2 })
})

it('the Junk check stops when disabled, and all of Junk is synced when selected', async () => {
  const { id, spam } = await withOneConversation('chosen@contoso.example')
  await emailAccounts.update(id, { watchesJunk: false }, 'admin')
  spam('Answer', { inReplyTo: ['sent@contoso.example'] })
  await pass(JUNK_EVERY_MS)
  expect(await storedOf(id)).toBe(2)
  await emailAccounts.update(id, { watchesJunk: true }, 'admin')
  spam('Win a car')
  await pass(JUNK_EVERY_MS)
  expect(await storedOf(id)).toBe(3)
  await emailAccounts.update(id, { folderRemoteIds: ['inbox', 'sent', 'junk'] }, 'admin')
  await pass(JUNK_EVERY_MS)
  expect(await storedOf(id)).toBe(4)
})
