import { sql, type RawBuilder, type Selectable } from 'kysely'
import type { Database, Schema } from '../../database/index.ts'
import type { ConversationId, EmailAccountId, TagId } from '../../kernel/ids.ts'
import type { ListName } from './list-views.ts'

/** A search that takes longer returns what it has found, and continues with the next request. */
const LIMIT_MS = 1_000
const FIRST_ROWS = 200
const MOST_ROWS = 8_000
/** In all lanes of a statement together, which sorts them. More only with so many lanes that each reads the fewest. */
const MOST_ROWS_TOGETHER = 40_000
/** Fewer cost more in statements than they save. */
const FEWEST_ROWS = 20
/** More rows are read at once as long as reading some took less than this. */
const QUICK_MS = 25

export interface ConversationPosition {
  at: string
  id: ConversationId
}

export interface ScannedConversations {
  rows: (Selectable<Schema['conversations']> & { exact_at: string })[]
  /** Position at which the search continues; undefined at the end. */
  next: ConversationPosition | undefined
}

/**
 * Conversations that fulfill a condition, latest first. Reads a lane per list and mailbox, in the order of its index,
 * and a bounded number of rows per statement, so that a condition that few fulfill takes no longer than the limit.
 *
 * @param lists  those of the view
 * @param accounts  mailboxes with a lane of their own; undefined for one lane of all mailboxes
 * @param tags  tags with a lane of their own: only their conversations are read. The condition holds for no others
 */
export async function scanConversations(
  { db }: Pick<Database, 'db'>,
  {
    lists,
    accounts,
    tags,
    condition,
  }: {
    lists: readonly ListName[]
    accounts: readonly EmailAccountId[] | undefined
    tags: readonly TagId[] | undefined
    condition: RawBuilder<unknown>
  },
  {
    before,
    most,
    limitMs = LIMIT_MS,
  }: { before: ConversationPosition | undefined; most: number; limitMs?: number | undefined },
): Promise<ScannedConversations> {
  const beganAt = performance.now()
  const rows: ScannedConversations['rows'] = []
  let position = before
  const lanes = lists.length * (accounts?.length ?? 1) * (tags?.length ?? 1)
  let inLane = FIRST_ROWS
  for (;;) {
    const readAt = performance.now()
    const read = await readLanes(position, Math.min(inLane, rowsPerLane(lanes)), most + 1 - rows.length)
    rows.push(...read.rows)
    if (rows.length > most) {
      const last = rows[most - 1]!
      return { rows: rows.slice(0, most), next: { at: last.exact_at, id: last.id } }
    }
    position = read.end
    if (!position || performance.now() - beganAt >= limitMs) return { rows, next: position }
    inLane = performance.now() - readAt < QUICK_MS ? inLane * 4 : FIRST_ROWS
  }

  async function readLanes(from: ConversationPosition | undefined, perLane: number, wanted: number) {
    // An index of each table has the order of its lanes.
    const [table, id] = tags
      ? [sql`conversation_tags`, sql`conversation_id`]
      : [sql`conversations`, sql`conversations.id`]
    // A conversation with several of the tags is in several lanes. OFFSET: one lookup per row.
    const listed = tags
      ? sql`(SELECT at, row_id, here.is_hit FROM (SELECT DISTINCT at, row_id FROM lanes) AS each CROSS JOIN LATERAL (
          SELECT ${condition} AS is_hit FROM conversations WHERE conversations.id = each.row_id OFFSET 0) AS here) AS lane`
      : sql`lanes`
    const { rows: found } = await sql<
      Partial<ScannedConversations['rows'][number]> & { end_at: string | null; end_id: ConversationId | null }
    >`
      WITH lanes AS MATERIALIZED (
        SELECT list.name, ${accounts ? sql`account.id` : sql`NULL::uuid`} AS account,
          ${tags ? sql`tag.id` : sql`NULL::uuid`} AS tag, listed.*
        FROM unnest(${lists}::text[]) AS list(name)
        ${accounts ? sql`CROSS JOIN unnest(${accounts}::uuid[]) AS account(id)` : sql``}
        ${tags ? sql`CROSS JOIN unnest(${tags}::uuid[]) AS tag(id)` : sql``}
        CROSS JOIN LATERAL (
          SELECT ${id} AS row_id, listed_at AS at, ${tags ? sql`NULL::boolean` : condition} AS is_hit FROM ${table}
          WHERE listed_as = list.name ${tags ? sql`AND tag_id = tag.id` : sql`AND merged_into IS NULL`}
            ${accounts ? sql`AND email_account_id = account.id` : sql``}
            ${from ? sql`AND (listed_at, ${id}) < (${from.at}::timestamptz, ${from.id}::uuid)` : sql``}
          ORDER BY listed_at DESC, ${id} DESC LIMIT ${perLane}) AS listed),
      -- The lane that ends first was read to here; the others are complete down to it.
      ends AS (SELECT * FROM (SELECT DISTINCT ON (name, account, tag) at, row_id,
          count(*) OVER (PARTITION BY name, account, tag) AS size
          FROM lanes ORDER BY name, account, tag, at, row_id) AS each
        WHERE size = ${perLane} ORDER BY at DESC, row_id DESC LIMIT 1)
      SELECT ends.at::text AS end_at, ends.row_id AS end_id, hit.* FROM (SELECT) AS one LEFT JOIN ends ON true
      LEFT JOIN LATERAL (
        SELECT whole.*, page.at::text AS exact_at FROM (SELECT at, row_id FROM ${listed}
          WHERE is_hit AND (ends.at IS NULL OR (at, row_id) >= (ends.at, ends.row_id))
          ORDER BY at DESC, row_id DESC LIMIT ${wanted}) AS page
        -- OFFSET: one lookup per row of the page.
        CROSS JOIN LATERAL (SELECT * FROM conversations WHERE conversations.id = page.row_id OFFSET 0) AS whole) AS hit ON true
      ORDER BY hit.listed_at DESC, hit.id DESC`.execute(db)
    const [first] = found
    const end = first?.end_at && first.end_id ? { at: first.end_at, id: first.end_id } : undefined
    return { rows: found.filter((row) => row.id) as ScannedConversations['rows'], end }
  }
}

/** Maximum number of rows that a statement reads of each lane. */
export function rowsPerLane(lanes: number): number {
  return Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, Math.floor(MOST_ROWS_TOGETHER / lanes)))
}
