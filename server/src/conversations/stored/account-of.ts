import { sql, type RawBuilder } from 'kysely'
import type { EmailAccountId } from '../../kernel/ids.ts'

/** SQL expression: the mailbox of a conversation, which decides who may see its content; null if there is none. */
export function accountOf(conversationId: RawBuilder<unknown>): RawBuilder<EmailAccountId> {
  return sql<EmailAccountId>`(SELECT owner.email_account_id FROM conversations AS owner WHERE owner.id = ${conversationId})`
}

/**
 * SQL expression: the mailbox whose agents may see a row of `table`: that of its conversation, which may have moved since,
 * else its own.
 */
export function shownIn(table: 'submissions' | 'notifications'): RawBuilder<EmailAccountId> {
  const column = (name: string) => sql.ref(`${table}.${name}`)
  return sql<EmailAccountId>`coalesce(${accountOf(column('conversation_id'))}, ${column('email_account_id')})`
}

/** SQL query: ids of the conversations that a mailbox had before they moved to others. Reads one index. */
export function movedOutOf(emailAccountId: EmailAccountId): RawBuilder<unknown> {
  return sql`SELECT id FROM conversations WHERE moved_from @> ARRAY[${emailAccountId}::uuid] AND moved_from <> '{}'`
}
