import { sql, type RawBuilder } from 'kysely'
import type { ConversationStatus } from '../stored/conversation.ts'

/** Views of the list. */
export const CONVERSATION_VIEWS = [
  'open',
  'mine',
  'unassigned',
  'needs-reply',
  'waiting',
  'snoozed',
  'closed',
  'all',
] as const
export type ConversationListView = (typeof CONVERSATION_VIEWS)[number]

const STATUSES: readonly ConversationStatus[] = ['open', 'waiting', 'snoozed', 'closed']

interface Selection {
  /** A lane of the list per status: an index has the order of each. */
  statuses: readonly ConversationStatus[]
  condition?: RawBuilder<unknown>
  /** True if an index per mailbox has the conversations of the view, and of no others. */
  hasOwnIndex?: true
}

/** Conversations of a view, as columns of `conversations`. */
export function selectionOf(view: ConversationListView, userId = ''): Selection {
  switch (view) {
    case 'mine':
      return { statuses: ['open'], condition: sql`assignee_id = ${userId}` }
    case 'unassigned':
      return { statuses: ['open'], condition: sql`assignee_id IS NULL`, hasOwnIndex: true }
    case 'needs-reply':
      return { statuses: ['open'], condition: sql`needs_reply`, hasOwnIndex: true }
    case 'all':
      return { statuses: STATUSES }
    default:
      return { statuses: [view] }
  }
}
