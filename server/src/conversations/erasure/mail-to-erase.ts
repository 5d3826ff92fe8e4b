import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { ConversationId, EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import type { Address } from '../../mail/index.ts'
import { belongsTo, isMailOf, type ErasedPerson } from './person.ts'

/** Messages of a conversation that are read at once. */
const PAGE_ROWS = 2000
/** Messages that are listed. An erasure reads the conversation again until none is left. */
const MOST_LISTED = 2000

/** Messages of a conversation that the erasure of a person deletes. */
export interface MailToErase {
  conversationId: ConversationId
  accountId: EmailAccountId
  isHeld: boolean
  /** No other message stays. */
  isWhole: boolean
  /** Messages to delete, about 2,000, and automatic answers to them, which come first. */
  messageIds: StoredMessageId[]
  /** The conversation has more of them. */
  isCut: boolean
  /** Mailboxes of all its messages. */
  accountIds: EmailAccountId[]
}

interface Row {
  id: StoredMessageId
  /** Time of receipt, with microseconds. */
  at: string
  direction: 'in' | 'out'
  message_id: string | null
  from_address: Address | null
  to_addresses: Address[]
  cc_addresses: Address[]
  bcc_addresses: Address[]
}

/**
 * Undefined for a conversation without mail of the person: one that others wrote to the person stays as it is.
 *
 * @param before  newer mail stays: the person has written again
 */
export async function findMailToErase(
  db: Kysely<Schema>,
  id: ConversationId,
  person: ErasedPerson,
  before: Date,
): Promise<MailToErase | undefined> {
  const { theirs, isCut } = await findMailOf(db, id, person, before)
  if (theirs.length === 0) return undefined
  // Delivery reports and automatic replies quote the mail that they are about. Other mail of programs may be of a person, such as
  // an answer by a help desk.
  const ids = theirs.flatMap((row) => row.message_id ?? [])
  const reports = await sql<{ id: StoredMessageId }>`SELECT id FROM messages
    WHERE conversation_id = ${id} AND ${isOld(before)}
      AND (reports_on = ANY(${ids}::text[]) OR (marks -> 'automatic' ->> 'kind' IN ('reply', 'report')
        AND in_reply_to <> '{}' AND in_reply_to <@ ${ids}::text[]))`.execute(db)
  const messageIds = [...new Set([...reports.rows, ...theirs].map((row) => row.id))]
  const { rows } = await sql<{
    account: EmailAccountId
    held: boolean
    count: number
    accounts: EmailAccountId[] | null
  }>`
    SELECT email_account_id AS account, held_at IS NOT NULL AS held,
      (SELECT count(*)::integer FROM messages WHERE conversation_id = conversations.id) AS count,
      (SELECT array_agg(DISTINCT email_account_id) FROM messages WHERE conversation_id = conversations.id) AS accounts
    FROM conversations WHERE id = ${id} AND merged_into IS NULL`.execute(db)
  const conversation = rows[0]
  if (!conversation) return undefined
  return {
    conversationId: id,
    accountId: conversation.account,
    isHeld: conversation.held,
    isWhole: conversation.count === messageIds.length,
    messageIds,
    isCut,
    accountIds: [...new Set([conversation.account, ...(conversation.accounts ?? [])])].sort(),
  }
}

/** Received or stored before. The time of receipt may be wrong: of an imported message, it may be in the future. */
function isOld(before: Date) {
  return sql`least(received_at, created_at) < ${before}`
}

async function findMailOf(db: Kysely<Schema>, id: ConversationId, person: ErasedPerson, before: Date) {
  const is = belongsTo(person)
  const theirs: Row[] = []
  let after: Row | undefined
  for (;;) {
    const { rows } =
      await sql<Row>`SELECT id, received_at::text AS at, direction, message_id, from_address, to_addresses,
        cc_addresses, bcc_addresses
      FROM messages WHERE conversation_id = ${id} AND ${isOld(before)}
        AND CASE direction WHEN 'in' THEN lower(left(from_address ->> 'address', 255)) = ANY(${person.addresses}::text[])
          ELSE concat(to_addresses, cc_addresses, bcc_addresses) ILIKE ANY(${person.patterns}::text[]) END
        ${after ? sql`AND (received_at, id) > (${after.at}::timestamptz, ${after.id}::uuid)` : sql``}
      ORDER BY received_at, id LIMIT ${PAGE_ROWS}`.execute(db)
    theirs.push(...rows.filter((row) => isMailOf(mailOf(row), is)))
    if (rows.length < PAGE_ROWS) return { theirs, isCut: false }
    if (theirs.length >= MOST_LISTED) return { theirs, isCut: true }
    after = rows.at(-1)
  }
}

function mailOf(row: Row) {
  return {
    direction: row.direction,
    from: row.from_address ?? undefined,
    to: row.to_addresses,
    cc: row.cc_addresses,
    bcc: row.bcc_addresses,
  }
}

/** Conversations of the next page in which the person takes part: as participant, sender, or hidden recipient. */
export async function findConversationsOf(
  db: Kysely<Schema>,
  { addresses, patterns }: ErasedPerson,
  after: string | undefined,
  limit: number,
): Promise<{ next: string | undefined; ids: ConversationId[] }> {
  const { rows } = await sql<{ last: string | null; size: number; ids: ConversationId[] | null }>`
    WITH page AS MATERIALIZED (SELECT id, participants, merged_into, last_sent_at FROM conversations
      ${after === undefined ? sql`` : sql`WHERE id > ${after}::uuid`} ORDER BY id LIMIT ${limit})
    SELECT (SELECT id::text FROM page ORDER BY id DESC LIMIT 1) AS last, (SELECT count(*)::integer FROM page) AS size,
      (SELECT array_agg(id ORDER BY id) FROM page WHERE merged_into IS NULL AND (participants::text ILIKE ANY(${patterns}::text[])
        OR id IN (SELECT conversation_id FROM messages
          WHERE lower(left(from_address ->> 'address', 255)) = ANY(${addresses}::text[]))
        OR (last_sent_at IS NOT NULL AND EXISTS (SELECT FROM messages WHERE conversation_id = page.id
          AND bcc_addresses <> '[]' AND bcc_addresses::text ILIKE ANY(${patterns}::text[]))))) AS ids`.execute(db)
  const { last, size, ids } = rows[0]!
  return { next: size < limit ? undefined : (last ?? undefined), ids: ids ?? [] }
}
