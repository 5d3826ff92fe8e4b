import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { EmailAccountId, TagId } from '../../kernel/ids.ts'
import type { ListName } from './list-views.ts'
import type { ListedRow } from './listed-row.ts'
import { parsePosition } from './page-position.ts'

interface TaggedLanes {
  lists: readonly ListName[]
  /** One lane for each; one lane over all mailboxes when absent. */
  accounts: readonly EmailAccountId[] | undefined
  /** On columns of `conversations`. */
  condition: RawBuilder<unknown>
  /** `next` of the previous page. */
  before: string | undefined
  most: number
}

/**
 * Merges the latest conversations with a tag of each mailbox and list. An index of `conversation_tags` has the order
 * of each, so the cost does not grow with the number of conversations, with or without the tag. One statement.
 */
export async function listTagged(
  db: Kysely<Schema>,
  tagId: TagId,
  { lists, accounts, condition, before, most }: TaggedLanes,
): Promise<ListedRow[]> {
  const position = before === undefined ? undefined : parsePosition(before)
  const { rows } = await sql<ListedRow>`
    SELECT listed.*, listed.listed_at::text AS exact_at
    FROM unnest(${lists}::text[]) AS list(name)
    ${accounts ? sql`CROSS JOIN unnest(${accounts}::uuid[]) AS account(id)` : sql``}
    CROSS JOIN LATERAL (
      SELECT conversations.* FROM conversation_tags AS entry
      JOIN conversations ON conversations.id = entry.conversation_id
      WHERE entry.tag_id = ${tagId} AND entry.listed_as = list.name
        ${accounts ? sql`AND entry.email_account_id = account.id` : sql``}
        ${position ? sql`AND (entry.listed_at, entry.conversation_id) < (${position.at}::timestamptz, ${position.id}::uuid)` : sql``}
        AND ${condition}
      ORDER BY entry.listed_at DESC, entry.conversation_id DESC LIMIT ${most}) AS listed
    ORDER BY listed.listed_at DESC, listed.id DESC LIMIT ${most}`.execute(db)
  return rows
}
