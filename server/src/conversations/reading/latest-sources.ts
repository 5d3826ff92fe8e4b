import type { Database } from '../../database/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { findSource } from '../stored/message-sources.ts'

/** Maximum source size. Larger messages add nothing about the mail flow. */
const MOST_BYTES = 256 * 1024

/** Sources of the latest received messages, latest first. Only messages filed from their source have one. */
export async function latestSources(database: Database, id: EmailAccountId, most: number): Promise<Buffer[]> {
  const rows = await database.db
    .selectFrom('messages')
    .innerJoin('message_sources', 'message_sources.message_id', 'messages.id')
    .select('messages.id')
    .where('messages.email_account_id', '=', id)
    .where('messages.direction', '=', 'in')
    .where('message_sources.size_bytes', '<=', MOST_BYTES)
    .orderBy('messages.received_at', 'desc')
    .limit(most)
    .execute()
  const sources = await Promise.all(rows.map((row) => findSource(database, row.id)))
  return sources.filter((source) => source !== undefined)
}
