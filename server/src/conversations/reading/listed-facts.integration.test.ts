import { beforeAll, describe, expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import type { ConversationId, StoredMessageId, SubmissionId } from '../../kernel/ids.ts'
import { newId } from '../../kernel/ids.ts'
import type { RemoteAttachment, RemoteMessage } from '../../mail/index.ts'
import {
  countStatements,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'
import { createConversations, type FilingAccount } from '../index.ts'

const database = await testDatabase()
const clock = createTestClock('2026-01-01T00:00:00Z')
const { filing, reading, reads, team, drafts } = createConversations({
  database,
  clock,
  events: createEvents(database),
})
const BEN = { id: 'ben', since: clock.now() }
const US = { name: 'Support', address: 'support@contoso.example' }
let account: FilingAccount
let number = 0

beforeAll(async () => {
  const { id } = await storeEmailAccount(database, clock, { address: US.address, kind: 'user' })
  account = { id, address: US.address, createdAt: clock.now() }
})

async function file(more: Partial<RemoteMessage> = {}) {
  clock.advance(1000)
  const message = { ...customerMessage(clock, ++number), receivedAt: clock.now(), ...more }
  const filed = await database.transaction((tx) => filing.file(tx, account, message))
  return { id: filed!.conversationId, messageId: filed!.messageId, reply: { inReplyTo: [message.messageId!] } }
}

const attached = (isInline: boolean, listed = true): Partial<RemoteMessage> => {
  const one: RemoteAttachment = {
    ...{
      remoteId: '2',
      name: 'a.png',
      contentType: 'image/png',
      sizeBytes: 10,
      contentId: 'a',
      isInline,
      kind: 'file',
    },
  }
  return { hasAttachments: true, ...(listed ? { attachments: [one] } : { hasFiles: !isInline }) }
}

const factsOf = async (id: ConversationId) => {
  const { hasAttachments, lastDirection } = (await reading.find(id))!
  return [hasAttachments, lastDirection]
}

describe('facts of a row', () => {
  it.each([true, false])('tell a file from an image inside the text, listed: %s', async (listed) => {
    const image = await file(attached(true, listed))
    expect(await factsOf(image.id)).toEqual([false, 'in'])
    await file({ ...image.reply, ...attached(false, listed) })
    await file(image.reply)
    expect(await factsOf(image.id)).toEqual([true, 'in'])
  })

  it('are those of the latest message, also when an older one is filed later', async () => {
    const { id, reply } = await file()
    await file({ ...reply, from: US })
    expect(await factsOf(id)).toEqual([false, 'out'])
    await file({ ...reply, receivedAt: new Date(0) })
    expect(await factsOf(id)).toEqual([false, 'out'])
    await file(reply)
    expect(await factsOf(id)).toEqual([false, 'in'])
  })

  it('follow a split and a merge', async () => {
    const { id, reply } = await file()
    const sent = await file({ ...reply, from: US, ...attached(false) })
    const { id: other } = await team.split(id, [sent.messageId], 'ben')
    expect([await factsOf(id), await factsOf(other)]).toEqual([
      [false, 'in'],
      [true, 'out'],
    ])
    await team.merge(other, id, 'ben')
    expect(await factsOf(id)).toEqual([true, 'out'])
  })

  it('name the author of our latest message and those of drafts, in one statement', async () => {
    const { id, reply } = await file()
    await draftOf('ann', id)
    expect(await peopleOf(id)).toEqual([undefined, ['ann']])
    const { messageId } = await file({ ...reply, from: US })
    await submit(messageId)
    await draftOf('ben', id)
    expect(await peopleOf(id)).toEqual(['carl', ['ann', 'ben']])
    await file(reply)
    expect(await peopleOf(id)).toEqual([undefined, ['ann', 'ben']])
    const rows = [(await reading.find(id))!]
    expect(await countStatements(database, () => reads.forReader(BEN, rows))).toBe(1)
  })
})

async function peopleOf(id: ConversationId) {
  const [row] = await reads.forReader(BEN, [(await reading.find(id))!])
  return [row!.lastAuthorId, row!.draftAuthorIds.toSorted()]
}

function draftOf(authorId: string, conversationId: ConversationId) {
  const content = { to: [], cc: [], bcc: [], subject: '' }
  return drafts.save({ emailAccountId: account.id, conversationId, authorId, content })
}

async function submit(copy: StoredMessageId): Promise<void> {
  const now = clock.now()
  const id = newId<SubmissionId>()
  await database.db
    .insertInto('submissions')
    .values({
      ...{ id, email_account_id: account.id, idempotency_key: id, request_hash: Buffer.alloc(1), message_id: id },
      ...{ content: '{}', state: 'sent', due_at: now, submitted_by: 'carl', created_at: now, sent_message_id: copy },
    })
    .execute()
}
