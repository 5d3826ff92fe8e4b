import { sql } from 'kysely'
import type { AuditLog } from '../../audit/index.ts'
import type { Database, Tx } from '../../database/index.ts'
import type { Events, NewEvent } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { SentMailHook } from '../filing/filing-hooks.ts'
import { moveWords } from '../search/move-words.ts'
import type { Conversation } from '../stored/conversation.ts'
import { toConversation } from '../stored/rows.ts'
import { clearViewers } from './viewers.ts'
import { lockAccount } from '../threading/account-lock.ts'

export interface AccountMove {
  /** The mailbox whose conversation the caller may see. */
  from: EmailAccountId
  to: EmailAccountId
  /** People with access to `to`. An assignee who is not among them is removed. */
  agentIds: readonly string[]
  actor: string
}

/**
 * Moves a conversation to another mailbox: its messages stay where they are at the server, and everything that Postkey has of
 * it belongs to the other mailbox. See docs/decisions/0045-moving-conversations-between-mailboxes.md.
 *
 * Locks all mailboxes with messages of it against removal, then their filing, both in the order of their ids, then the
 * conversation.
 *
 * @throws AppError `conversations.not_found` also when it has left `from` meanwhile
 */
export function createAccountMoves(deps: {
  database: Database
  clock: Clock
  events: Events
  audit: AuditLog
  hooks: readonly SentMailHook[]
}) {
  const { database, clock, events, audit, hooks } = deps

  return function moveToAccount(id: ConversationId, move: AccountMove): Promise<Conversation> {
    const { from, to, agentIds, actor } = move
    return database.transaction(async (tx) => {
      await lockAccounts(tx, id, to)
      const row = await tx.selectFrom('conversations').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
      if (row?.email_account_id !== from) throw new AppError('conversations.not_found')
      if (row.merged_into !== null) throw new AppError('conversations.merged_already')
      const { assignee_id: assigneeId } = row
      if (from === to) throw new AppError('conversations.same_account')
      const submissions = (await Promise.all(hooks.map((hook) => hook.listOf(tx, id)))).flat()
      if (submissions.some(({ isUnsent }) => isUnsent)) throw new AppError('conversations.unsent_answer')

      const losesAssignee = assigneeId !== null && !agentIds.includes(assigneeId)
      const former = [...new Set([...row.moved_from, from])].filter((each) => each !== to)
      await tx
        .updateTable('conversations')
        .set({ email_account_id: to, moved_from: former })
        .where((eb) => eb.or([eb('id', '=', id), eb('merged_into', '=', id)]))
        .execute()
      if (losesAssignee) await tx.updateTable('conversations').set({ assignee_id: null }).where('id', '=', id).execute()
      await shareMessageIds(tx, id, to)
      // The sender name belongs to the former mailbox. Without one, a draft has the default of its mailbox. With another version,
      // so that an open composer doesn't save the former name again.
      await sql`UPDATE drafts SET email_account_id = ${to}, content = content - 'identityId', version = version + 1
        WHERE conversation_id = ${id}`.execute(tx)
      await clearViewers(tx, { conversationId: id, emailAccountId: to })
      await moveWords(tx, id, from, to)
      await events.reassign(tx, [...(await subjectsOf(tx, id)), ...submissions.map((each) => each.id)], to)

      await audit.record(tx, { actor, action: 'conversation.moved', subject: id, detail: { from, to } })
      const of = { subjectId: id, at: clock.now() }
      const happened: NewEvent[] = [
        {
          ...{ ...of, emailAccountId: to, kind: 'conversation.moved' },
          payload: { conversationId: id, from, to, by: actor },
        },
        {
          ...{ ...of, emailAccountId: from, kind: 'conversation.left' },
          payload: { conversationId: id, by: actor },
        },
      ]
      if (losesAssignee) {
        const payload = { conversationId: id, assigneeId: null, by: actor }
        happened.push({ ...of, emailAccountId: to, kind: 'conversation.assigned', payload })
      }
      await events.appendAll(tx, happened)
      return toConversation({ ...row, email_account_id: to, ...(losesAssignee && { assignee_id: null }) })
    })
  }
}

/** Messages are filed into the conversation under the lock of the mailbox that receives them. */
async function lockAccounts(tx: Tx, id: ConversationId, to: EmailAccountId): Promise<void> {
  const row = await tx
    .selectFrom('conversations')
    .select(['email_account_id', 'moved_from'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new AppError('conversations.not_found')
  const all = [...new Set([row.email_account_id, ...row.moved_from, to])].sort()
  // A removal that has begun would delete messages of the conversation, because it has already decided which to keep.
  const { rows: present } = await sql<{ id: EmailAccountId }>`SELECT id FROM email_accounts
    WHERE id = ANY(${all}::uuid[]) ORDER BY id FOR KEY SHARE`.execute(tx)
  if (!present.some(({ id: each }) => each === to)) throw new AppError('email_accounts.not_found')
  for (const accountId of all) await lockAccount(tx, { id: accountId })
}

/** Answers to any message of it join it from the other mailbox, too. One statement. */
async function shareMessageIds(tx: Tx, id: ConversationId, to: EmailAccountId): Promise<void> {
  await sql`INSERT INTO conversation_message_ids (email_account_id, message_id, conversation_id, ours)
    SELECT ${to}, message_id, ${id}, bool_or(ours) FROM conversation_message_ids WHERE conversation_id = ${id}
    GROUP BY message_id ORDER BY message_id
    ON CONFLICT (email_account_id, message_id) DO NOTHING`.execute(tx)
}

/** Ids under which events of a conversation are stored. One statement. */
async function subjectsOf(tx: Tx, id: ConversationId): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`SELECT id FROM conversations WHERE id = ${id} OR merged_into = ${id}
    UNION ALL SELECT id FROM messages WHERE conversation_id = ${id}
    UNION ALL SELECT id FROM drafts WHERE conversation_id = ${id}`.execute(tx)
  return rows.map((row) => row.id)
}
