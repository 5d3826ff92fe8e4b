import { describe, expect, it } from 'vitest'
import { createEvents } from '../../events/index.ts'
import { newId, type StoredMessageId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../../../test/kit/index.ts'
import { createConversations, type FiledMessage } from '../index.ts'

const database = await testDatabase()
const clock = createTestClock()
const { filing, messages } = createConversations({ database, clock, events: createEvents(database) })
const { id } = await storeEmailAccount(database, clock)
let count = 0

async function file(more: Partial<RemoteMessage> = {}): Promise<FiledMessage> {
  const account = { id, address: 'us@contoso.example', createdAt: clock.now() }
  const message = customerMessage(clock, ++count, more)
  return (await database.transaction((tx) => filing.file(tx, account, message)))!
}

describe('attachments', () => {
  it('are unknown until the server has listed them, then stored', async () => {
    const { messageId } = await file({ hasAttachments: true })
    const plain = await file()
    const one = {
      remoteId: 'a1',
      name: 'lamp.png',
      contentType: 'image/png',
      sizeBytes: 12,
      contentId: undefined,
      isInline: false,
      kind: 'file' as const,
    }

    expect(await messages.attachments(messageId)).toBeUndefined()
    expect(await messages.attachments(plain.messageId)).toEqual([])
    const [kept] = await messages.keepAttachments(messageId, [one])
    await messages.keepAttachments(messageId, [one])

    expect(await messages.attachments(messageId)).toEqual([kept])
    expect(await messages.attachment(kept!.id)).toMatchObject({ ...one, messageId })
    await expect(messages.attachments(newId<StoredMessageId>())).rejects.toMatchObject({
      code: 'conversations.not_found',
    })
  })
})
