import { createConversations } from '../../src/conversations/index.ts'
import { createEvents } from '../../src/events/index.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import type { EmailAccountId } from '../../src/kernel/ids.ts'
import { customerMessage } from './customer-message.ts'
import { storeFolder } from './stored-email-account.ts'
import type { TestDatabase } from './test-database.ts'

/** Stores a message of a mailbox, with a waiting action. */
export async function storeWaitingAction(database: TestDatabase, clock: Clock, id: EmailAccountId): Promise<void> {
  await storeFolder(database, { emailAccountId: id, remoteId: 'inbox', name: 'Inbox', synced: true })
  const { filing } = createConversations({ database, clock, events: createEvents(database) })
  const filed = await database.transaction((tx) =>
    filing.file(
      tx,
      { id, address: 'support@contoso.example', createdAt: clock.now() },
      customerMessage(clock, 1, { folderRemoteId: 'inbox' }),
    ),
  )
  await database.pool.query('INSERT INTO account_action_settings (email_account_id, moves_deleted) VALUES ($1, true)', [
    id,
  ])
  await database.pool.query(
    `INSERT INTO account_actions (message_id, email_account_id, wants_seen, seen_pending, due_at, changed_at)
     VALUES ($1, $2, true, true, $3, $3)`,
    [filed!.messageId, id, clock.now()],
  )
}
