import { sql, type RawBuilder } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'

/** SQL condition on `conversations`: it belongs to an account, or belonged to it before it moved. */
export function isOf(id: EmailAccountId): RawBuilder<boolean> {
  return sql<boolean>`(conversations.email_account_id = ${id} OR conversations.moved_from @> ARRAY[${id}]::uuid[])`
}

/** Mailboxes in which Message-IDs of a conversation are known: its own, then those that it moved from. */
export async function accountsOf(tx: Tx, id: ConversationId): Promise<EmailAccountId[]> {
  const { email_account_id: owner, moved_from: former } = await tx
    .selectFrom('conversations')
    .select(['email_account_id', 'moved_from'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return [owner, ...former]
}
