import { sql, type RawBuilder } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { ConversationId, EmailAccountId, FolderId, StoredMessageId } from '../../kernel/ids.ts'
import type { MessageHead } from '../stored/conversation.ts'
import { HEAD_COLUMNS, IN_JUNK, OWNER, toMessageHead, type MessageRow } from '../stored/rows.ts'
import { isAtAddress } from '../stored/address-condition.ts'
import { formatPosition, parsePosition } from './page-position.ts'

/** A list that takes longer returns what it has found, and continues with the next request. */
const LIMIT_MS = 1_000
const FIRST_ROWS = 100
const MOST_ROWS = 5_000
/** In all mailboxes together, which a statement sorts. */
const MOST_ROWS_TOGETHER = 50_000

export const MESSAGE_KINDS = ['personal', 'automatic', 'bounce', 'receipt', 'invitation', 'quarantined'] as const
export type MessageKind = (typeof MESSAGE_KINDS)[number]

/** Conditions of a list of messages; all of them hold for each message. */
export interface MessageFilter {
  /** Mailboxes of the conversations. */
  emailAccountIds: 'all' | readonly EmailAccountId[]
  conversationId?: ConversationId | undefined
  folderId?: FolderId | undefined
  direction?: 'in' | 'out' | undefined
  kind?: MessageKind | undefined
  /** Received at or after this time. */
  after?: Date | undefined
  /** Received before this time. */
  before?: Date | undefined
  /** RFC 5322 Message-ID without `<>`. */
  messageId?: string | undefined
  /** An address, or a domain with `@` in front. */
  from?: string | undefined
  /** An address in To, Cc or Bcc, or a domain with `@` in front. */
  to?: string | undefined
  /** A part of the subject; upper and lower case are equal. */
  subject?: string | undefined
  hasAttachments?: boolean | undefined
  unread?: boolean | undefined
}

export interface ListedMessages {
  messages: MessageHead[]
  /** Position of the next page; undefined at the end. */
  next: string | undefined
}

/**
 * Lists messages, latest first, by the time at which they were received. Cost: two statements, or more for a filter that
 * few messages fulfill, until a second has passed.
 *
 * @throws AppError `conversations.no_such_page`
 */
export async function listMessages(
  { db }: Pick<Database, 'db'>,
  filter: MessageFilter,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<ListedMessages> {
  const beganAt = performance.now()
  const found: (MessageRow & { exact_at: string })[] = []
  const accounts = filter.emailAccountIds === 'all' ? await countAccounts(db) : filter.emailAccountIds.length
  const mostRows = Math.min(MOST_ROWS, Math.floor(MOST_ROWS_TOGETHER / Math.max(1, accounts)))
  let position = cursor === undefined ? undefined : parsePosition(cursor)
  let rows = Math.max(FIRST_ROWS, limit + 1)
  for (;;) {
    const { rows: scanned } = await candidates(filter, position, rows).execute(db)
    const hits = await readHits(scanned.map(({ id }) => id))
    found.push(...hits)
    if (found.length > limit) {
      const last = found[limit - 1]!
      return { messages: found.slice(0, limit).map(toMessageHead), next: formatPosition(last.exact_at, last.id) }
    }
    const end = scanned.at(-1)
    if (!end || scanned.length < rows) return { messages: found.map(toMessageHead), next: undefined }
    position = { at: end.at, id: end.id as string as ConversationId }
    if (performance.now() - beganAt >= LIMIT_MS) {
      return { messages: found.map(toMessageHead), next: formatPosition(end.at, end.id) }
    }
    rows = Math.max(rows, Math.min(mostRows, rows * 4))
  }

  async function readHits(ids: readonly StoredMessageId[]) {
    if (ids.length === 0) return []
    const page = await db
      .selectFrom('messages')
      .innerJoin('conversations', 'conversations.id', 'messages.conversation_id')
      .select([...HEAD_COLUMNS.map((column) => `messages.${column}` as const), OWNER, IN_JUNK])
      .select(sql<string>`messages.received_at::text`.as('exact_at'))
      .where('messages.id', 'in', [...ids])
      .where(conditionOf(filter))
      .orderBy('messages.received_at', 'desc')
      .orderBy('messages.id', 'desc')
      .limit(limit + 1 - found.length)
      .execute()
    return page as unknown as typeof found
  }
}

async function countAccounts(db: Database['db']): Promise<number> {
  const { count } = await db
    .selectFrom('email_accounts')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/** Messages in the order of the list, before the conditions that no index answers. */
function candidates(filter: MessageFilter, position: { at: string; id: string } | undefined, rows: number) {
  const from = position ? sql`AND (received_at, id) < (${position.at}::timestamptz, ${position.id}::uuid)` : sql``
  const after = filter.after ? sql`AND received_at >= ${filter.after}` : sql``
  const before = filter.before ? sql`AND received_at < ${filter.before}` : sql``
  const inOrder = sql`${after} ${before} ${from} ORDER BY received_at DESC, id DESC LIMIT ${rows}`
  return sql<{ id: StoredMessageId; at: string }>`SELECT id, received_at::text AS at FROM (${sourceOf(filter, inOrder)})
    AS source ORDER BY received_at DESC, id DESC LIMIT ${rows}`
}

/** Rows of the index that leaves the fewest. Conversations that moved have messages of other mailboxes. */
function sourceOf(filter: MessageFilter, inOrder: RawBuilder<unknown>): RawBuilder<unknown> {
  const { conversationId, messageId, from, emailAccountIds } = filter
  const where = (condition: RawBuilder<unknown>) =>
    sql`SELECT id, received_at FROM messages WHERE ${condition} ${inOrder}`
  if (conversationId !== undefined) return where(sql`conversation_id = ${conversationId}`)
  if (messageId !== undefined) {
    return where(sql`email_account_id IN (SELECT id FROM email_accounts) AND message_id = ${messageId}`)
  }
  if (from !== undefined && !from.startsWith('@')) {
    return where(sql`lower(left(from_address ->> 'address', 255)) = ${from.toLowerCase()}`)
  }
  const accounts =
    emailAccountIds === 'all'
      ? sql`SELECT id FROM email_accounts`
      : sql`SELECT unnest(${[...emailAccountIds]}::uuid[]) AS id`
  return sql`SELECT listed.* FROM (${accounts}) AS account CROSS JOIN LATERAL (
      ${where(sql`email_account_id = account.id`)}) AS listed
    UNION
    SELECT listed.* FROM conversations AS moved CROSS JOIN LATERAL (
      ${where(sql`conversation_id = moved.id`)}) AS listed
    WHERE moved.moved_from <> '{}' AND moved.email_account_id IN (${accounts})`
}

function conditionOf(filter: MessageFilter): RawBuilder<boolean> {
  const { emailAccountIds, conversationId, folderId, direction, kind, messageId, from, to, subject } = filter
  const conditions = [
    emailAccountIds === 'all' ? [] : [sql`conversations.email_account_id = ANY (${[...emailAccountIds]}::uuid[])`],
    conversationId === undefined ? [] : [sql`messages.conversation_id = ${conversationId}`],
    messageId === undefined ? [] : [sql`messages.message_id = ${messageId}`],
    folderId === undefined
      ? []
      : [
          sql`EXISTS (SELECT FROM message_locations AS place
          WHERE place.message_id = messages.id AND place.folder_id = ${folderId})`,
        ],
    direction === undefined ? [] : [sql`messages.direction = ${direction}`],
    kind === undefined ? [] : [KINDS[kind]],
    from === undefined ? [] : [isAtAddress(sql`messages.from_address ->> 'address'`, from)],
    to === undefined
      ? []
      : [
          sql`EXISTS (SELECT FROM jsonb_array_elements(
          messages.to_addresses || messages.cc_addresses || messages.bcc_addresses) AS recipient
          WHERE ${isAtAddress(sql`recipient ->> 'address'`, to)})`,
        ],
    subject === undefined ? [] : [sql`position(lower(${subject}) IN lower(messages.subject)) > 0`],
    filter.hasAttachments === undefined ? [] : [sql`messages.has_attachments = ${filter.hasAttachments}`],
    filter.unread === undefined ? [] : [sql`messages.unread = ${filter.unread}`],
  ].flat()
  return conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(conditions, sql` AND `)}`
}

const KINDS: Readonly<Record<MessageKind, RawBuilder<unknown>>> = {
  personal: sql`NOT messages.is_automatic`,
  automatic: sql`messages.is_automatic`,
  bounce: sql`messages.marks ? 'deliveryReport'`,
  receipt: sql`messages.marks ? 'readReceipt'`,
  invitation: sql`messages.marks ? 'invitation'`,
  quarantined: sql`messages.marks ? 'quarantine'`,
}
