import { sql, type RawBuilder } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import type { Address, RemoteMessage } from '../../mail/index.ts'
import { isOf } from './accounts-of.ts'
import { MOST_OF_ONE_REMOTE_CONVERSATION, SUBJECT_WINDOW_MS } from './choose-conversation.ts'
import { addRemoteConversation, addSubject, emptyIndex, type ConversationIndex } from './conversation-index.ts'
import type { ConversationTokens } from './conversation-tokens.ts'
import { MOST_REPORTS } from './early-reports.ts'
import type { FilingAccount } from './filing-account.ts'
import { possibleTokens, relatedMessageIds, reportedMessageId } from './related-message-ids.ts'
import { recipientsSent } from './report-recipients.ts'
import { storableId } from '../stored/storable.ts'
import { subjectKey } from './subjects.ts'

const MOST_SUBJECTS = 2000

/**
 * Loads all conversations that the new messages of a page may belong to, and locks them until `tx` ends. Three to seven
 * statements, whatever the size of the page.
 *
 * @param sent  messages of the page that the account sent
 */
export async function loadIndex(
  tx: Tx,
  account: FilingAccount,
  page: readonly RemoteMessage[],
  { tokens, sent }: { tokens: Pick<ConversationTokens, 'conversationIn'>; sent: ReadonlySet<RemoteMessage> },
): Promise<ConversationIndex> {
  const index = emptyIndex()
  const early = await loadMessageIds(tx, account, page, sent, index)
  const reports = page.filter(({ marks }) => marks?.deliveryReport !== undefined)
  const signedBy = (message: RemoteMessage) => tokens.conversationIn(possibleTokens(message)) ?? []
  index.sentTo = await recipientsSent(tx, account.id, {
    messageIds: reports.flatMap((message) => reportedMessageId(message) ?? []),
    conversationIds: reports.flatMap(signedBy),
  })
  const unrelated = page.filter((message) => !relatedMessageIds(message).some((id) => index.byMessageId.has(id)))
  await loadRemoteConversations(tx, account, unrelated, index)
  if (account.joinsBySubject) await loadSubjects(tx, account, unrelated, index)
  await loadConversations(tx, account, index, [
    ...index.byMessageId.values(),
    ...early,
    ...[...index.byRemoteConversation.values()].flatMap((ids) => [...ids]),
    ...page.flatMap(signedBy),
    ...[...index.bySubject.values()].flatMap((ids) => [...ids]),
  ])
  return index
}

/**
 * Adds conversations of the account to the index, with those that moved away from it, and locks them: a change of one, a move
 * too, waits until the page is stored.
 */
export async function loadConversations(
  tx: Tx,
  account: FilingAccount,
  index: ConversationIndex,
  ids: readonly ConversationId[],
): Promise<void> {
  const missing = [...new Set(ids)].filter((id) => !index.conversations.has(id))
  if (missing.length === 0) return
  const rows = await tx
    .selectFrom('conversations')
    .select([
      'id',
      'participants',
      'status',
      'place',
      'placed_by',
      'subject',
      'message_count',
      'last_message_at',
      'created_at',
      'merged_into',
      'email_account_id',
      'moved_from',
    ])
    .select(
      sql<Date | null>`(SELECT min(received_at) FROM messages WHERE conversation_id = conversations.id)`.as(
        'first_message_at',
      ),
    )
    .where(sql<boolean>`id = ANY(${missing}::uuid[])`)
    .where(isOf(account.id))
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
  for (const row of rows) {
    if (row.merged_into) {
      index.mergedInto.set(row.id, row.merged_into)
      continue
    }
    index.conversations.set(row.id, {
      id: row.id,
      isNew: false,
      ownerId: row.email_account_id === account.id ? undefined : row.email_account_id,
      otherAccountIds: [row.email_account_id, ...row.moved_from].filter((id) => id !== account.id),
      participants: row.participants as Address[],
      status: row.status,
      place: row.place,
      placedBy: row.placed_by,
      subject: row.subject,
      messageCount: row.message_count,
      firstMessageAt: row.first_message_at ?? row.last_message_at,
      lastMessageAt: row.last_message_at,
      added: [],
      createdAt: row.created_at,
    })
  }
  const targets = rows.flatMap((row) => row.merged_into ?? [])
  if (targets.length > 0) await loadConversations(tx, account, index, targets)
}

/** @returns conversations of stored delivery reports that name a sent message of the page, see `joinEarlyReports` */
async function loadMessageIds(
  tx: Tx,
  account: FilingAccount,
  page: readonly RemoteMessage[],
  sent: ReadonlySet<RemoteMessage>,
  { byMessageId, sentMessageIds, reportedBefore }: ConversationIndex,
): Promise<ConversationId[]> {
  const named = page.flatMap((message) => [...relatedMessageIds(message), reportedMessageId(message)])
  const ids = [...new Set(named)].filter((id) => id !== undefined)
  if (ids.length === 0) return []
  const sentIds = [...sent].flatMap(({ messageId }) => storableId(messageId) ?? [])
  const early = sql`UNION ALL (SELECT reports_on, conversation_id, false, true FROM messages
    WHERE email_account_id = ${account.id} AND reports_on = ANY(${sentIds}::text[]) LIMIT ${MOST_REPORTS})`
  const { rows } = await sql<{ message_id: string; conversation_id: ConversationId; ours: boolean; early: boolean }>`
    SELECT message_id, conversation_id, ours, false AS early FROM conversation_message_ids
    WHERE email_account_id = ${account.id} AND message_id = ANY(${ids}::text[])
    ${sentIds.length > 0 ? early : sql``}`.execute(tx)
  for (const row of rows) {
    if (row.early) reportedBefore.add(row.message_id)
    else {
      byMessageId.set(row.message_id, row.conversation_id)
      if (row.ours) sentMessageIds.add(row.message_id)
    }
  }
  return rows.flatMap((row) => (row.early ? row.conversation_id : []))
}

async function loadRemoteConversations(
  tx: Tx,
  account: FilingAccount,
  unrelated: readonly RemoteMessage[],
  index: ConversationIndex,
): Promise<void> {
  const ids = [...new Set(unrelated.flatMap(({ remoteConversationId: id }) => id ?? []))]
  if (ids.length === 0) return
  const { rows } = await sql<{ remote: string; id: ConversationId }>`
    SELECT wanted.remote, found.id
    FROM unnest(${ids}::text[]) AS wanted(remote)
    CROSS JOIN LATERAL (
      SELECT id FROM conversations WHERE id IN (SELECT conversation_id FROM messages
        WHERE email_account_id = ${account.id} AND remote_conversation_id = wanted.remote)
      ORDER BY last_message_at DESC, id DESC LIMIT ${MOST_OF_ONE_REMOTE_CONVERSATION}) AS found`.execute(tx)
  for (const { remote, id } of rows) addRemoteConversation(index, remote, id)
}

async function loadSubjects(
  tx: Tx,
  account: FilingAccount,
  unrelated: readonly RemoteMessage[],
  index: ConversationIndex,
): Promise<void> {
  if (unrelated.length === 0) return
  const since = new Date(Math.min(...unrelated.map(({ receivedAt }) => receivedAt.getTime())) - SUBJECT_WINDOW_MS)
  const latestOf = (condition: RawBuilder<unknown>) => sql`(SELECT id, subject FROM conversations
    WHERE ${condition} AND last_message_at >= ${since} AND merged_into IS NULL
    ORDER BY last_message_at DESC LIMIT ${MOST_SUBJECTS})`
  // The second condition is a literal, so that the planner uses the partial index of the few conversations that moved.
  const { rows } = await sql<{ id: ConversationId; subject: string }>`
    ${latestOf(sql`email_account_id = ${account.id}`)} UNION ALL
    ${latestOf(sql`moved_from @> ARRAY[${account.id}]::uuid[] AND moved_from <> '{}'`)}`.execute(tx)
  const subjects = new Set(unrelated.map(({ subject }) => subjectKey(subject)))
  for (const { id, subject } of rows) {
    if (subjects.has(subjectKey(subject))) addSubject(index, subject, id)
  }
}
