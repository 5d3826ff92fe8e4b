import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { bodyText, type MessageBody } from '../../mail/index.ts'
import { accountOf } from '../stored/account-of.ts'
import type { Note } from '../stored/conversation.ts'
import { fieldVector } from './field-words.ts'
import { MONTH_TABLE } from './month-partitions.ts'
import { indexedBody, messageVector, type SearchedFields } from './search-texts.ts'

/** Queues a stored message whose words have changed. Its former words are found until then. */
export async function queueAgain(
  tx: Tx,
  id: StoredMessageId,
  content: SearchedFields & { body: MessageBody },
  at: Date,
): Promise<void> {
  await sql`INSERT INTO search_queue (message_id, email_account_id, received_at, queued_at, fields, text)
    SELECT id, ${accountOf(sql`messages.conversation_id`)}, received_at, ${at}::timestamptz, ${messageVector(content)}::tsvector,
      ${indexedBody(bodyText(content.body))} FROM messages WHERE id = ${id}
    ON CONFLICT (message_id) DO UPDATE SET fields = excluded.fields, text = excluded.text`.execute(tx)
}

/** Queues a new note. It has an entry of its own, as a message has. */
export async function queueNote(tx: Tx, { id, body, createdAt, conversationId }: Note): Promise<void> {
  await sql`INSERT INTO search_queue (message_id, email_account_id, received_at, queued_at, fields, text)
    SELECT ${id}, email_account_id, ${createdAt}::timestamptz, ${createdAt}::timestamptz,
      ${fieldVector({ note: [body] })}::tsvector, '' FROM conversations WHERE id = ${conversationId}`.execute(tx)
}

/** Makes file names searchable that the server has listed later than the message. */
export async function addFileNames(tx: Tx, id: StoredMessageId, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const fields = fieldVector({ filename: names })
  // The queue first: this waits for a message that is being indexed, so that its entry is found.
  const queued = await sql`UPDATE search_queue SET fields = fields || ${fields}::tsvector WHERE message_id = ${id}
    RETURNING 1`.execute(tx)
  if (queued.rows.length > 0) return
  const { rows } = await sql<{ at: string; table: string | null }>`SELECT received_at::text AS at,
    ${MONTH_TABLE} AS "table" FROM messages WHERE id = ${id}`.execute(tx)
  const [place] = rows
  if (!place?.table) return
  await sql`UPDATE ${sql.table(place.table)} SET search = search || ${fields}::tsvector
    WHERE received_at = ${place.at}::timestamptz AND message_id = ${id}`.execute(tx)
}
