import { sql, type RawBuilder } from 'kysely'
import type { SearchTerm, State } from '../search-language/search-terms.ts'

const STATE_CONDITIONS: Readonly<Record<State, RawBuilder<unknown>>> = {
  open: sql`conversations.listed_as = 'open'`,
  waiting: sql`conversations.listed_as = 'waiting'`,
  snoozed: sql`conversations.listed_as = 'snoozed'`,
  closed: sql`conversations.listed_as = 'closed'`,
  spam: sql`conversations.listed_as = 'spam'`,
  deleted: sql`conversations.listed_as = 'deleted'`,
  unread: sql`conversations.unread`,
  read: sql`NOT conversations.unread`,
  'needs-reply': sql`(conversations.listed_as = 'open' AND conversations.needs_reply)`,
  assigned: sql`conversations.assignee_id IS NOT NULL`,
  unassigned: sql`conversations.assignee_id IS NULL`,
}

/** Conditions of a search on columns of `conversations`. */
export function conversationConditions(terms: readonly SearchTerm[]): RawBuilder<unknown>[] {
  return terms.flatMap((term) => {
    const condition = conditionOf(term)
    if (!condition) return []
    return 'isNegated' in term && term.isNegated ? [sql`NOT (${condition})`] : [condition]
  })
}

function conditionOf(term: SearchTerm): RawBuilder<unknown> | undefined {
  switch (term.kind) {
    case 'state':
      return sql`(${sql.join(
        term.states.map((state) => STATE_CONDITIONS[state]),
        sql` OR `,
      )})`
    case 'assignee': {
      const people = term.ids.filter((id) => id !== null)
      const includesUnassigned = term.ids.includes(null)
      // Never null, so that it can be negated.
      return sql`(coalesce(conversations.assignee_id = ANY(${people}::text[]), false)
        ${includesUnassigned ? sql`OR conversations.assignee_id IS NULL` : sql``})`
    }
    case 'mailbox':
      return sql`conversations.email_account_id = ANY(${term.ids}::uuid[])`
    case 'tag': {
      const { ids, untaggedBy } = term
      return sql`(conversations.tag_ids && ${ids}::uuid[]
        ${untaggedBy ? sql`OR NOT conversations.tag_ids && ${untaggedBy}::uuid[]` : sql``})`
    }
    default:
      return undefined
  }
}
