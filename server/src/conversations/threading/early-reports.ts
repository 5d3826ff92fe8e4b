import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { NewEvent } from '../../events/index.ts'
import type { ConversationId, EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import type { Address, DeliveryReport } from '../../mail/index.ts'
import type { SentMailHook } from '../filing/filing-hooks.ts'
import type { FilingAccount } from './filing-account.ts'
import { moveConversations, refreshConversations, type ConversationMove } from './move-conversations.ts'
import { namesRecipient, reportsFailure } from './report-recipients.ts'

/** Reports of one call. Those beyond keep their own conversations: any recipient can write reports without limit. */
export const MOST_REPORTS = 200

/** A sent message whose Message-ID is saved with its conversation. */
export interface NewlySent {
  messageId: string
  recipients: readonly Address[]
  /** Undefined for a message without a copy in the mailbox. */
  storedAs?: StoredMessageId
}

interface EarlyReport extends ConversationMove {
  id: StoredMessageId
  /** Mailbox of the conversation that it joins. */
  ownerId: EmailAccountId
  reported: string
  report: DeliveryReport
}

/**
 * Joins delivery reports to the conversations of sent messages that are filed after them. Exchange replaces the Message-ID
 * of a draft that it sends, so a report that is read before the Sent copy names an unknown message, and starts a
 * conversation. That conversation joins only if it holds nothing but such reports. Call it when the messages and their
 * Message-IDs are saved, under `lockAccount`.
 *
 * @returns the moves, and the events to append: those of a merge, and of a bounce as if the report had come later
 */
export async function joinEarlyReports(
  tx: Tx,
  account: FilingAccount,
  hooks: readonly SentMailHook[],
  sent: readonly NewlySent[],
  at: Date,
): Promise<{ moves: ConversationMove[]; events: NewEvent[] }> {
  if (sent.length === 0) return { moves: [], events: [] }
  const recipients = new Map(sent.map((each) => [each.messageId, each.recipients]))
  const reports = (await findReports(tx, account, sent)).filter(({ reported, report }) =>
    namesRecipient(report, undefined, recipients.get(reported)!),
  )
  const moves = await movable(tx, reports)
  if (moves.length === 0) return { moves: [], events: [] }
  await moveConversations(tx, hooks, moves)
  await refreshConversations(
    tx,
    moves.map(({ into }) => into),
  )
  const moved = new Set(moves.map(({ from }) => from))
  const owners = new Map(reports.map(({ into, ownerId }) => [into, ownerId]))
  const of = (into: ConversationId) => ({ emailAccountId: owners.get(into)!, at })
  const events: NewEvent[] = [
    ...moves.flatMap(({ from, into }): NewEvent[] => [
      {
        ...of(into),
        kind: 'conversation.merged',
        subjectId: into,
        payload: { conversationId: into, merged: from, by: 'message' },
      },
      {
        ...{ emailAccountId: account.id, at },
        kind: 'conversation.superseded',
        subjectId: from,
        payload: { conversationId: from, into, by: 'message' },
      },
    ]),
    ...reports
      .filter(({ from, report }) => moved.has(from) && reportsFailure(report))
      .map(({ id, into, report }): NewEvent => {
        const payload = { conversationId: into, recipients: report.recipients }
        return { ...of(into), kind: 'message.bounced', subjectId: id, payload }
      }),
  ]
  return { moves, events }
}

/**
 * Reports that name one of the messages and are in another conversation than its Message-ID. None of a message that is
 * stored already: its reports joined before, and a user may have split them off since.
 */
async function findReports(tx: Tx, account: FilingAccount, sent: readonly NewlySent[]): Promise<EarlyReport[]> {
  const messageIds = sent.map(({ messageId }) => messageId)
  const addresses = sent.flatMap(({ recipients }) => recipients.map(({ address }) => address.toLowerCase()))
  const stored = sent.flatMap(({ storedAs }) => storedAs ?? [])
  const { rows } = await sql<EarlyReport>`
    SELECT report.id, report.conversation_id AS "from", coalesce(conversation.merged_into, conversation.id) AS "into",
      conversation.email_account_id AS "ownerId", report.reports_on AS reported, report.marks->'deliveryReport' AS report
    FROM messages report
      JOIN conversation_message_ids known ON known.email_account_id = report.email_account_id
        AND known.message_id = report.reports_on AND known.ours
      JOIN conversations conversation ON conversation.id = known.conversation_id
    WHERE report.email_account_id = ${account.id} AND report.reports_on = ANY(${messageIds}::text[])
      AND report.conversation_id <> coalesce(conversation.merged_into, conversation.id)
      -- Reports about other recipients, which any sender can write, must not use up the limit.
      AND EXISTS (SELECT FROM jsonb_array_elements(report.marks->'deliveryReport'->'recipients') AS named
        WHERE lower(named->>'address') = ANY(${addresses}::text[])
          OR lower(named->>'originalAddress') = ANY(${addresses}::text[]))
      AND NOT EXISTS (SELECT FROM messages earlier WHERE earlier.email_account_id = report.email_account_id
        AND earlier.message_id = report.reports_on AND earlier.direction = 'out' AND earlier.id <> ALL(${stored}::uuid[]))
    ORDER BY report.received_at, report.id LIMIT ${MOST_REPORTS}`.execute(tx)
  return rows
}

/** Moves of the conversations that hold only reports of one target. Locks them and their targets. */
async function movable(tx: Tx, reports: readonly EarlyReport[]): Promise<ConversationMove[]> {
  if (reports.length === 0) return []
  const ids = [...new Set(reports.flatMap(({ from, into }) => [from, into]))]
  await sql`SELECT FROM conversations WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`.execute(tx)
  const { rows } = await sql<{ id: ConversationId; messages: number }>`
    SELECT conversation_id AS id, count(*)::int AS messages FROM messages
    WHERE conversation_id = ANY(${reports.map(({ from }) => from)}::uuid[]) GROUP BY conversation_id`.execute(tx)
  const targets = new Map(reports.map(({ from, into }) => [from, into]))
  return rows.flatMap(({ id, messages }) => {
    const into = targets.get(id)!
    const joining = reports.filter((report) => report.from === id && report.into === into)
    return joining.length === messages ? [{ from: id, into }] : []
  })
}
