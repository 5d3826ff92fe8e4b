import { createConversations, type FilingAccount } from '../../src/conversations/index.ts'
import { createEvents } from '../../src/events/index.ts'
import type { RemoteMessage } from '../../src/mail/index.ts'
import { createTestClock, customerMessage, storeEmailAccount, testDatabase } from '../kit/index.ts'

export const SUPPORT = { name: '', address: 'support@contoso.example' }

/** Conversations with a database and a clock of their own. Messages are a second apart. */
export async function createMailStage() {
  const database = await testDatabase()
  const clock = createTestClock()
  const events = createEvents(database)
  const conversations = createConversations({ database, clock, events })
  const { filing, reading } = conversations
  let number = 0

  async function newAccount(): Promise<FilingAccount> {
    const folders = ['inbox', 'junk', 'sent'].map((role) => ({ role, synced: true }))
    const { id } = await storeEmailAccount(database, clock, { address: SUPPORT.address, kind: 'user', folders })
    return { id, address: SUPPORT.address, createdAt: clock.now() }
  }

  function mail(more: Partial<RemoteMessage> = {}): RemoteMessage {
    clock.advance(1000)
    return { ...customerMessage(clock, ++number), receivedAt: clock.now(), ...more }
  }

  const answer = (more: Partial<RemoteMessage>) => mail({ from: SUPPORT, folderRemoteId: 'sent', ...more })

  async function file(account: FilingAccount, message: RemoteMessage) {
    return (await database.transaction((tx) => filing.file(tx, account, message)))!
  }

  /** A conversation with a message of the customer, and what replies to it. */
  async function started(account: FilingAccount, more: Partial<RemoteMessage> = {}) {
    const first = mail(more)
    const { conversationId: id, messageId } = await file(account, first)
    const now = async () => (await reading.find(id))!
    return { id, messageId, now, reply: { inReplyTo: [first.messageId!] } }
  }

  return { database, clock, events, conversations, newAccount, mail, answer, file, started }
}
