import type { Database } from '../../database/index.ts'
import type { EmailAccountId, FolderId, StoredMessageId } from '../../kernel/ids.ts'

export interface UnconfirmedMessage {
  id: StoredMessageId
  remoteId: string
  messageId: string | undefined
}

/** Two indexed queries. */
export async function findKnownIds(
  { db }: Database,
  accountId: EmailAccountId,
  remoteIds: readonly string[],
): Promise<Set<string>> {
  if (remoteIds.length === 0) return new Set()
  const [byId, byPlace] = await Promise.all([
    db
      .selectFrom('messages')
      .select('remote_id')
      .where('email_account_id', '=', accountId)
      .where('remote_id', 'in', [...remoteIds])
      .execute(),
    db
      .selectFrom('message_locations')
      .innerJoin('messages', 'messages.id', 'message_locations.message_id')
      .select('message_locations.remote_id')
      .where('messages.email_account_id', '=', accountId)
      .where('message_locations.remote_id', 'in', [...remoteIds])
      .execute(),
  ])
  return new Set([...byId, ...byPlace].map((row) => row.remote_id))
}

export async function listLatest({ db }: Database, folderId: FolderId, limit: number) {
  const rows = await db
    .selectFrom('message_locations')
    .innerJoin('messages', 'messages.id', 'message_locations.message_id')
    .select(['message_locations.remote_id', 'messages.message_id'])
    .where('folder_id', '=', folderId)
    .where('messages.message_id', 'is not', null)
    .orderBy('received_at', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ remoteId: row.remote_id, messageId: row.message_id! }))
}

export async function listUnconfirmed(
  { db }: Database,
  accountId: EmailAccountId,
  limit: number,
): Promise<UnconfirmedMessage[]> {
  const rows = await db
    .selectFrom('messages')
    .select(['id', 'remote_id', 'message_id'])
    .where('email_account_id', '=', accountId)
    .where('presence', '=', 'unconfirmed')
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ id: row.id, remoteId: row.remote_id, messageId: row.message_id ?? undefined }))
}
