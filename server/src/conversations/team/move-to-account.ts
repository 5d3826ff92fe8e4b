import { sql, type Selectable } from 'kysely'
import type { AuditLog } from '../../audit/index.ts'
import type { Database, Schema, Tx } from '../../database/index.ts'
import type { Events, NewEvent } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { SentMailHook } from '../filing/filing-hooks.ts'
import { moveWords } from '../search/move-words.ts'
import { lockAccount } from '../threading/account-lock.ts'
import { clearViewers } from './viewers.ts'

export interface MoveDeps {
  clock: Clock
  events: Events
  audit: AuditLog
  hooks: readonly SentMailHook[]
}

/** A locked conversation. */
export interface HeldForMove extends Selectable<Schema['conversations']> {
  submissionIds: readonly string[]
  /** An answer is or can still be sent, from the mailbox that accepted it. */
  hasUnsent: boolean
}

/** A conversation as it was before the locks. */
export type MoveCandidate = Pick<HeldForMove, 'id' | 'email_account_id' | 'merged_into'>

export interface MoveTo {
  to: EmailAccountId
  /** People with access to `to`. An assignee who is not among them is removed. */
  agentIds: readonly string[]
  /** Assignee of those without one who has access, if this person has access. */
  assigneeId?: string | undefined
  /** Removed where this person is the assignee. */
  removeAssigneeId?: string | undefined
  actor: string
}

/** Repetitions of a move whose conversations changed their mailboxes while it waited for its locks. */
const MOST_ATTEMPTS = 5

/** A conversation has messages in a mailbox that is not locked. */
class UnlockedAccount extends Error {}

/**
 * Runs a move in a transaction. It starts again when a merge or another move brings further mailboxes while it waits for
 * its locks: mailboxes are locked in the order of their ids.
 *
 * @throws AppError `database.lock_busy` when this happens again and again
 */
export async function moveTransaction<T>(database: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction(work)
    } catch (error) {
      if (!(error instanceof UnlockedAccount)) throw error
      if (attempt === MOST_ATTEMPTS) throw new AppError('database.lock_busy', { cause: error })
    }
  }
}

/**
 * Locks conversations for a move: all mailboxes with messages of them against removal, then their filing, both in the
 * order of their ids, then the conversations. Call it in {@link moveTransaction}.
 *
 * @param mayMove  other conversations are returned as `skipped`, and lock nothing
 * @throws AppError `email_accounts.not_found` when `to` is being removed
 */
export async function holdForMove(
  tx: Tx,
  hooks: readonly SentMailHook[],
  ids: readonly ConversationId[],
  to: EmailAccountId,
  mayMove: (row: MoveCandidate) => boolean,
): Promise<{ held: ReadonlyMap<ConversationId, HeldForMove>; skipped: ReadonlyMap<ConversationId, MoveCandidate> }> {
  const found = await tx
    .selectFrom('conversations')
    .select(['id', 'email_account_id', 'moved_from', 'merged_into'])
    .where(sql<boolean>`id = ANY(${ids}::uuid[])`)
    .execute()
  const [moving, others] = [found.filter(mayMove), found.filter((row) => !mayMove(row))]
  const skipped = new Map(others.map((row) => [row.id, row]))
  if (moving.length === 0) return { held: new Map(), skipped }
  const accountsOf = (row: (typeof found)[number]) => [row.email_account_id, ...row.moved_from]
  const accountIds = new Set([to, ...moving.flatMap(accountsOf)])
  await lockAccounts(tx, [...accountIds].sort(), to)

  const movingIds = moving.map(({ id }) => id)
  // With those merged into them, which move too.
  const rows = await tx
    .selectFrom('conversations')
    .selectAll()
    .where(sql<boolean>`(id = ANY(${movingIds}::uuid[]) OR merged_into = ANY(${movingIds}::uuid[]))`)
    .orderBy('id')
    .forUpdate()
    .execute()
  const asked = new Set(movingIds)
  const wanted = rows.filter(({ id }) => asked.has(id))
  if (wanted.flatMap(accountsOf).some((id) => !accountIds.has(id))) throw new UnlockedAccount()
  const submissions = (await Promise.all(hooks.map((hook) => hook.listOf(tx, movingIds)))).flat()
  const ofConversation = Map.groupBy(submissions, ({ conversationId }) => conversationId)
  const held = new Map(
    wanted.map((row) => {
      const own = ofConversation.get(row.id) ?? []
      return [
        row.id,
        { ...row, submissionIds: own.map(({ id }) => id), hasUnsent: own.some(({ isUnsent }) => isUnsent) },
      ]
    }),
  )
  return { held, skipped }
}

/**
 * Moves conversations that {@link holdForMove} locked to another mailbox, in a number of statements that grows only with
 * the months of their messages. The number of these messages has no limit.
 * See docs/decisions/0045-moving-conversations-between-mailboxes.md.
 *
 * @param rows  neither merged ones, nor those in `to` already
 * @returns the rows afterwards
 */
export async function moveHeld(
  tx: Tx,
  deps: MoveDeps,
  rows: readonly HeldForMove[],
  move: MoveTo,
): Promise<HeldForMove[]> {
  if (rows.length === 0) return []
  const { clock, events, audit } = deps
  const { to, actor } = move
  const ids = rows.map(({ id }) => id)
  await sql`UPDATE conversations AS moved SET email_account_id = ${to},
      moved_from = array_remove(array_remove(own.moved_from, own.email_account_id) || own.email_account_id, ${to}::uuid)
    FROM conversations AS own
    WHERE own.id = coalesce(moved.merged_into, moved.id)
      AND (moved.id = ANY(${ids}::uuid[]) OR moved.merged_into = ANY(${ids}::uuid[]))`.execute(tx)
  const after = rows.map((row) => ({ ...row, email_account_id: to, assignee_id: assigneeAfter(row, move) }))
  const reassigned = after.filter(({ assignee_id }, n) => assignee_id !== rows[n]!.assignee_id)
  await setAssignees(tx, reassigned)
  await shareMessageIds(tx, ids, to)
  // The sender name belongs to the former mailbox. Without one, a draft has the default of its mailbox. With another version,
  // so that an open composer doesn't save the former name again.
  await sql`UPDATE drafts SET email_account_id = ${to}, content = content - 'identityId', version = version + 1
    WHERE conversation_id = ANY(${ids}::uuid[])`.execute(tx)
  await clearViewers(tx, ids, to)
  await moveWords(tx, ids, to)
  await events.reassign(tx, [...(await subjectsOf(tx, ids)), ...rows.flatMap((row) => row.submissionIds)], to)

  await audit.record(
    tx,
    ...rows.map(({ id, email_account_id: from }) => ({
      ...{ actor, action: 'conversation.moved' as const, subject: id },
      detail: { from, to },
    })),
  )
  const at = clock.now()
  const changedAssignees = new Set(reassigned)
  await events.appendAll(
    tx,
    after.flatMap((row, n): NewEvent[] => {
      const { id, assignee_id: assigneeId } = row
      const from = rows[n]!.email_account_id
      const of = { subjectId: id, at }
      const moveEvents: NewEvent[] = [
        {
          ...{ ...of, emailAccountId: to, kind: 'conversation.moved' },
          payload: { conversationId: id, from, to, by: actor },
        },
        {
          ...{ ...of, emailAccountId: from, kind: 'conversation.left' },
          payload: { conversationId: id, by: actor },
        },
      ]
      if (changedAssignees.has(row)) {
        const payload = { conversationId: id, assigneeId, by: actor }
        moveEvents.push({ ...of, emailAccountId: to, kind: 'conversation.assigned', payload })
      }
      return moveEvents
    }),
  )
  return after
}

function assigneeAfter(
  { assignee_id }: HeldForMove,
  { agentIds, assigneeId, removeAssigneeId }: MoveTo,
): string | null {
  const kept = assignee_id === removeAssigneeId ? null : assignee_id
  return [kept, assigneeId ?? null].find((id) => id !== null && agentIds.includes(id)) ?? null
}

/** Messages are filed into a conversation under the lock of the mailbox that receives them. */
async function lockAccounts(tx: Tx, ids: readonly EmailAccountId[], to: EmailAccountId): Promise<void> {
  // A removal that has begun would delete messages of the conversation, because it has already decided which to keep.
  const { rows: present } = await sql<{ id: EmailAccountId }>`SELECT id FROM email_accounts
    WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR KEY SHARE`.execute(tx)
  if (!present.some(({ id }) => id === to)) throw new AppError('email_accounts.not_found')
  for (const id of ids) await lockAccount(tx, { id })
}

async function setAssignees(tx: Tx, rows: readonly HeldForMove[]): Promise<void> {
  if (rows.length === 0) return
  await sql`UPDATE conversations SET assignee_id = wanted.assignee_id
    FROM unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map((row) => row.assignee_id)}::text[]) AS wanted(id, assignee_id)
    WHERE conversations.id = wanted.id`.execute(tx)
}

/** Answers to any message of them join them from the other mailbox, too. One statement. */
async function shareMessageIds(tx: Tx, ids: readonly ConversationId[], to: EmailAccountId): Promise<void> {
  await sql`INSERT INTO conversation_message_ids (email_account_id, message_id, conversation_id, ours)
    SELECT ${to}, message_id, conversation_id, bool_or(ours) FROM conversation_message_ids
    WHERE conversation_id = ANY(${ids}::uuid[])
    GROUP BY message_id, conversation_id ORDER BY message_id, conversation_id
    ON CONFLICT (email_account_id, message_id) DO NOTHING`.execute(tx)
}

/** Ids under which events of conversations are stored. One statement. */
async function subjectsOf(tx: Tx, ids: readonly ConversationId[]): Promise<string[]> {
  const those = sql`ANY(${ids}::uuid[])`
  const { rows } = await sql<{ id: string }>`SELECT id FROM conversations WHERE id = ${those} OR merged_into = ${those}
    UNION ALL SELECT id FROM messages WHERE conversation_id = ${those}
    UNION ALL SELECT id FROM drafts WHERE conversation_id = ${those}`.execute(tx)
  return rows.map((row) => row.id)
}
