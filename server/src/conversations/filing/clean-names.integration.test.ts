import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { RemoteMessage } from '../../mail/index.ts'
import {
  createTestApp,
  createTestClock,
  customerMessage,
  storeEmailAccount,
  testDatabase,
} from '../../../test/kit/index.ts'

const RLO = '\u202e'
const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const { id } = await storeEmailAccount(database, clock)
const account = await rooms.emailAccounts.get(id)
const as = await person('agent', [id])
const kim = { name: `Kim${RLO}\r\nBcc`, address: 'kim@customer.example' }

/** As Graph returns it: not parsed by Postkey. */
const hostile: Partial<RemoteMessage> = { from: kim, replyTo: [kim], subject: `Invoice ${RLO}\nfdp` }
const attachment = { remoteId: 'a', name: `invoice${RLO}fdp.exe`, contentType: 'application/pdf', sizeBytes: 1, contentId: undefined, isInline: false, kind: 'file' as const } // prettier-ignore

describe('names in a message from Graph', () => {
  it('are cleaned when stored', async () => {
    const { messageId, conversationId } = await file(1)
    const { rows } = await sql<{
      all: string
    }>`SELECT row_to_json(m)::text || row_to_json(c)::text || row_to_json(a)::text AS all
      FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN attachments a ON a.message_id = m.id
      WHERE m.id = ${messageId}`.execute(database.db)
    expect(rows[0]!.all).not.toContain(RLO)
    const { messages } = await rooms.conversations.reading.get(conversationId)
    expect(messages[0]).toMatchObject({ subject: 'Invoice  fdp', from: { name: 'Kim Bcc' } })
  })

  it('are cleaned when read, if an earlier version stored them uncleaned', async () => {
    const { messageId, conversationId, attachmentId } = await file(2)
    await sql`UPDATE messages SET subject = ${hostile.subject!}, from_address = ${JSON.stringify(kim)} WHERE id = ${messageId}`.execute(database.db) // prettier-ignore
    await sql`UPDATE conversations SET subject = ${hostile.subject!}, participants = ${JSON.stringify([kim])} WHERE id = ${conversationId}`.execute(database.db) // prettier-ignore
    await sql`UPDATE attachments SET name = ${attachment.name} WHERE id = ${attachmentId}`.execute(database.db)

    for (const at of [
      `conversations/${conversationId}`,
      `messages/${messageId}`,
      `messages/${messageId}/attachments`,
    ]) {
      const { status, text } = await ask(`GET /v1/${at}`, { as })
      expect(status).toBe(200)
      expect(text).not.toContain(RLO)
    }
  })

  async function file(n: number) {
    const message = { ...customerMessage(clock, n), ...hostile } as RemoteMessage
    const filed = (await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message)))!
    const [kept] = await rooms.conversations.messages.keepAttachments(filed.messageId, [attachment])
    return { ...filed, attachmentId: kept!.id }
  }
})
