import { describe, expect, it } from 'vitest'
import { createTestApp, createTestClock, storeEmailAccount, testDatabase, UGLY_MAIL } from '../../../test/kit/index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { ask, person, rooms } = await createTestApp(database, clock)
const { id } = await storeEmailAccount(database, clock)
const account = await rooms.emailAccounts.get(id)
const as = await person('agent', [id])

/** Reads and files the message; the second time simulates reading the mailbox again. */
async function file(source: Buffer, n: number) {
  const parsed = await rooms.parser.parse(source)
  const message = {
    ...parsed,
    partial: false as const,
    // Unique, because many have the same content and date, and would be filed as one message.
    messageId: `ugly-${n}@customer.example`,
    remoteId: `imap:1:${n}:INBOX`,
    folderRemoteId: 'inbox',
    remoteConversationId: undefined,
    receivedAt: clock.now(),
    flags: [],
    source,
  }
  const filed = await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message))
  const again = await database.transaction((tx) => rooms.conversations.filing.file(tx, account, message))
  return { parsed, messageId: filed!.messageId, created: [filed!.created, again!.created] }
}

describe('the set of malformed messages', () => {
  it('contains more than two hundred, each with a unique name', () => {
    expect(new Set(UGLY_MAIL.map(({ name }) => name)).size).toBe(UGLY_MAIL.length)
    expect(UGLY_MAIL.length).toBeGreaterThan(200)
  })

  it.each(UGLY_MAIL.map((each, n) => [each.name, each, n] as const))('%s', async (_, ugly, n) => {
    const { messageId, created } = await file(ugly.source, n + 1)
    expect(created).toEqual([true, false])

    const stored = await rooms.conversations.messages.get(messageId)
    const content = stored.body.content
    if (ugly.text !== undefined) expect(content).toContain(ugly.text)
    if (ugly.subject !== undefined) expect(stored.subject).toBe(ugly.subject)
    if (ugly.from !== undefined) expect(stored.from?.address ?? '').toBe(ugly.from)
    expect(stored.marks.quarantine?.reason).toBe(ugly.quarantine)
    if (ugly.marks) expect(stored.marks).toMatchObject(ugly.marks)

    const shown = await ask(`GET /v1/messages/${messageId}/body`, { as })
    expect(shown.status).toBe(200)
    const { status, body } = await ask(`GET /v1/messages/${messageId}/attachments`, { as })
    expect(status).toBe(200)
    const { attachments } = body as { attachments: { id: string; name: string }[] }
    if (ugly.attachments) expect(attachments.map(({ name }) => name)).toEqual(ugly.attachments)
    for (const each of attachments.slice(0, 3)) {
      expect((await ask(`GET /v1/attachments/${each.id}/content`, { as })).status).toBe(200)
    }
    expect((await rooms.conversations.messages.source(messageId))?.equals(ugly.source)).toBe(true)
  })
})
