import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import type { Address, MessageBody } from '../../mail/index.ts'
import { bodyText } from '../../mail/index.ts'
import { headerText, indexedBody } from './search-texts.ts'

/** Queues a stored message whose words have changed. Its former words are found until then. */
export async function queueAgain(
  tx: Tx,
  id: StoredMessageId,
  content: { subject: string; addresses: readonly (Address | undefined)[]; body: MessageBody },
  at: Date,
): Promise<void> {
  const addresses = content.addresses.filter((one) => one !== undefined)
  const text = `${headerText({ ...content, addresses })}\n${indexedBody(bodyText(content.body))}`
  await sql`INSERT INTO search_queue (message_id, email_account_id, received_at, queued_at, text)
    SELECT id, email_account_id, received_at, ${at}::timestamptz, ${text} FROM messages WHERE id = ${id}
    ON CONFLICT (message_id) DO UPDATE SET text = excluded.text`.execute(tx)
}
