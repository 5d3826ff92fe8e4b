import { sql, type RawBuilder } from 'kysely'
import type { EmailAccountId } from '../../kernel/ids.ts'

/** SQL expression: the mailbox of a conversation, which decides who may see its content; null if there is none. */
export function accountOf(conversationId: RawBuilder<unknown>): RawBuilder<EmailAccountId> {
  return sql<EmailAccountId>`(SELECT owner.email_account_id FROM conversations AS owner WHERE owner.id = ${conversationId})`
}
