import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import { MONTH_TABLE } from './month-partitions.ts'

/**
 * Makes the messages and notes of conversations searchable in another mailbox, and no longer in the one before. One statement
 * per month with messages, and two more.
 */
export async function moveWords(tx: Tx, ids: readonly ConversationId[], to: EmailAccountId): Promise<void> {
  const searched = sql`(SELECT id, received_at FROM messages WHERE conversation_id = ANY(${ids}::uuid[])
    UNION ALL SELECT id, created_at FROM notes WHERE conversation_id = ANY(${ids}::uuid[]))`
  // The queue first: this waits for a message that is being indexed, so that its entry is found.
  await sql`UPDATE search_queue SET email_account_id = ${to} FROM ${searched} AS searched
    WHERE search_queue.message_id = searched.id`.execute(tx)
  const { rows } = await sql<{ table: string | null }>`SELECT DISTINCT ${MONTH_TABLE} AS "table"
    FROM ${searched} AS messages`.execute(tx)
  for (const { table } of rows) {
    if (table === null) continue
    await sql`UPDATE ${sql.table(table)} AS entry SET email_account_id = ${to},
        search = ts_delete(search, '=' || entry.email_account_id) || array_to_tsvector(ARRAY[${`=${to}`}])
      FROM ${searched} AS searched
      WHERE entry.received_at = searched.received_at AND entry.message_id = searched.id`.execute(tx)
  }
}
