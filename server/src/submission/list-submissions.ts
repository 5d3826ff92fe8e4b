import { sql, type RawBuilder } from 'kysely'
import { isAtAddress, shownIn } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { SubmissionId } from '../kernel/ids.ts'
import { formatPagePosition, parsePagePosition, type PagePosition } from '../kernel/page-position.ts'
import type { SubmissionRow } from './submission-rows.ts'
import type { SubmissionFilter, SubmissionState } from './submission.ts'

/** A list that takes longer returns what it has found, and continues with the next request. */
const LIMIT_MS = 1_000
const FIRST_ROWS = 100
const MOST_ROWS = 5_000
/** Most rows of many mailboxes, each of which contributes as many, and of a filter that reads contents of up to 1 MB each. */
const MOST_COSTLY_ROWS = 500
const MANY_ACCOUNTS = 20

/** A row in the order of the list. */
interface ScannedRow {
  id: SubmissionId
  exact_at: string
  isHit: boolean
}

/**
 * Lists submissions in any state, the last accepted first. Cost: two statements, or more for a filter that few submissions
 * fulfill, until `limitMs` have passed.
 *
 * @throws AppError `submission.no_such_page`
 */
export async function listSubmissions(
  { db }: Pick<Database, 'db'>,
  filter: SubmissionFilter,
  { cursor, limit, limitMs = LIMIT_MS }: { cursor?: string | undefined; limit: number; limitMs?: number },
): Promise<{ rows: SubmissionRow[]; next: string | undefined }> {
  const beganAt = performance.now()
  const found: ScannedRow[] = []
  let position = cursor === undefined ? undefined : parsePosition(cursor)
  const { emailAccountIds, to, subject } = filter
  const isOfMany = emailAccountIds === 'all' || emailAccountIds.length > MANY_ACCOUNTS
  const mostRows = isOfMany || to !== undefined || subject !== undefined ? MOST_COSTLY_ROWS : MOST_ROWS
  let rows = Math.max(FIRST_ROWS, limit + 1)
  for (;;) {
    const scanned = await scan(position, rows)
    const end = scanned.at(-1)
    found.push(...scanned.filter(({ isHit }) => isHit))
    if (found.length > limit) return pageOf(found.slice(0, limit), found[limit - 1])
    if (!end || scanned.length < rows) return pageOf(found, undefined)
    if (performance.now() - beganAt >= limitMs) return pageOf(found, end)
    position = positionOf(end)
    rows = Math.min(mostRows, rows * 4)
  }

  /** Reads the positions of submissions in the order of the list. */
  async function scan(from: PagePosition | undefined, most: number): Promise<ScannedRow[]> {
    const inOrder = sql`ORDER BY created_at DESC, id DESC LIMIT ${most}`
    const { rows: scanned } = await sql<ScannedRow>`
      WITH candidates AS MATERIALIZED (
        SELECT id, created_at FROM (${sourceOf(filter, sql`${rangeOf(filter, from)} ${inOrder}`)}) AS source ${inOrder})
      SELECT candidates.id, candidates.created_at::text AS exact_at, submissions.id IS NOT NULL AS "isHit"
      FROM candidates LEFT JOIN submissions ON submissions.id = candidates.id AND ${conditionOf(filter)}
      ORDER BY candidates.created_at DESC, candidates.id DESC`.execute(db)
    return scanned
  }

  /** Loads the submissions of a page alone: each can have a megabyte of text. */
  async function pageOf(listed: readonly ScannedRow[], last: ScannedRow | undefined) {
    const next = last && formatPagePosition(positionOf(last))
    if (listed.length === 0) return { rows: [], next }
    const loaded = await db
      .selectFrom('submissions')
      .selectAll()
      .where(
        'id',
        'in',
        listed.map(({ id }) => id),
      )
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute()
    return { rows: loaded, next }
  }
}

function positionOf({ exact_at: at, id }: ScannedRow): PagePosition {
  return { at, id }
}

function parsePosition(cursor: string): PagePosition {
  const position = parsePagePosition(cursor)
  if (!position) throw new AppError('submission.no_such_page')
  return position
}

function rangeOf({ after, before }: SubmissionFilter, from: PagePosition | undefined): RawBuilder<unknown> {
  return sql.join(
    [
      ...(from ? [sql`AND (created_at, id) < (${from.at}::timestamptz, ${from.id}::uuid)`] : []),
      ...(after ? [sql`AND created_at >= ${after}`] : []),
      ...(before ? [sql`AND created_at < ${before}`] : []),
    ],
    sql` `,
  )
}

/** States of few rows, each with the condition of its partial index. */
const FEW: readonly { of: readonly SubmissionState[]; where: RawBuilder<unknown> }[] = [
  { of: ['failed', 'unknown'], where: sql`AND state IN ('failed', 'unknown')` },
  { of: ['queued', 'sending'], where: sql`AND state IN ('queued', 'sending')` },
]

/** Rows of the index that leaves the fewest. Conversations that moved have submissions of other mailboxes. */
function sourceOf(filter: SubmissionFilter, inOrder: RawBuilder<unknown>): RawBuilder<unknown> {
  const { conversationId, messageId, emailAccountIds, states } = filter
  const few = states ? FEW.find(({ of }) => states.every((state) => of.includes(state)))?.where : undefined
  const where = (condition: RawBuilder<unknown>) =>
    sql`(SELECT id, created_at FROM submissions WHERE ${condition} ${few ?? sql``} ${inOrder})`
  if (conversationId !== undefined) return where(sql`conversation_id = ${conversationId}`)
  if (messageId !== undefined) {
    const copies = sql`SELECT id FROM messages
      WHERE email_account_id IN (SELECT id FROM email_accounts) AND message_id = ${messageId}`
    return sql`${where(sql`message_id = ${messageId}`)} UNION ${where(sql`sent_message_id IN (${copies})`)}`
  }
  const accounts =
    emailAccountIds === 'all'
      ? sql`SELECT id FROM email_accounts`
      : sql`SELECT unnest(${[...emailAccountIds]}::uuid[]) AS id`
  return sql`SELECT listed.* FROM (${accounts}) AS account CROSS JOIN LATERAL
      ${where(sql`email_account_id = account.id`)} AS listed
    UNION
    SELECT listed.* FROM conversations AS moved CROSS JOIN LATERAL
      ${where(sql`conversation_id = moved.id`)} AS listed
    WHERE moved.moved_from <> '{}' AND moved.email_account_id IN (${accounts})`
}

function conditionOf(filter: SubmissionFilter): RawBuilder<unknown> {
  const { emailAccountIds, states, to, subject } = filter
  const visible = sql`${shownIn('submissions')} = ANY(${emailAccountIds === 'all' ? [] : [...emailAccountIds]}::uuid[])`
  return sql.join(
    [
      emailAccountIds === 'all' ? sql`true` : visible,
      ...(states ? [sql`state = ANY(${[...states]}::text[])`] : []),
      ...(to === undefined
        ? []
        : [
            sql`EXISTS (SELECT FROM jsonb_array_elements((content -> 'to') || (content -> 'cc') || (content -> 'bcc')) AS recipient
            WHERE ${isAtAddress(sql`recipient ->> 'address'`, to)})`,
          ]),
      ...(subject === undefined ? [] : [sql`position(lower(${subject}) IN lower(content ->> 'subject')) > 0`]),
    ],
    sql` AND `,
  )
}
