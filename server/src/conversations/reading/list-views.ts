import { sql, type RawBuilder } from 'kysely'
import type { ConversationPlace, ConversationStatus } from '../stored/conversation.ts'

/** Views of the list. */
export const CONVERSATION_VIEWS = [
  'open',
  'mine',
  'unassigned',
  'needs-reply',
  'mentions',
  'waiting',
  'snoozed',
  'closed',
  'all',
  'sent',
  'spam',
  'deleted',
] as const
export type ConversationListView = (typeof CONVERSATION_VIEWS)[number]

/** The list that a conversation is in: its status, or its place outside the inbox. */
export type ListName = ConversationStatus | Exclude<ConversationPlace, 'inbox'>

const IN_INBOX: readonly ListName[] = ['open', 'waiting', 'snoozed', 'closed']

/** An index per mailbox that has the conversations of a view and no others. */
export interface OwnIndex {
  /** Literals, so that the planner can use the partial index. */
  condition: RawBuilder<unknown>
  /** Column of the order. */
  order: 'listed_at' | 'last_sent_at'
}

/** Conversations in the view of mentions. */
const MOST_MENTIONS = 1000

interface Selection {
  /** A lane for each: an index has the order of each. */
  lists: readonly ListName[]
  condition?: RawBuilder<unknown>
  ownIndex?: OwnIndex
}

/** Conversations of a view, as columns of `conversations`. */
export function selectionOf(view: ConversationListView, userId = ''): Selection {
  switch (view) {
    case 'mine':
      return { lists: ['open'], condition: sql`assignee_id = ${userId}` }
    case 'unassigned':
      return { lists: ['open'], condition: sql`assignee_id IS NULL`, ownIndex: openOnes(sql`assignee_id IS NULL`) }
    case 'needs-reply':
      return { lists: ['open'], condition: sql`needs_reply`, ownIndex: openOnes(sql`needs_reply`) }
    case 'mentions':
      // The latest of a person, so that the cost is bounded.
      return {
        lists: IN_INBOX,
        condition: sql`conversations.id IN (SELECT mention.conversation_id FROM conversation_mentions AS mention
          WHERE mention.person_id = ${userId} ORDER BY mention.mentioned_at DESC LIMIT ${MOST_MENTIONS})`,
      }
    case 'sent': {
      const condition = sql`last_sent_at IS NOT NULL`
      const ownIndex = { condition: sql`place = 'inbox' AND ${condition}`, order: 'last_sent_at' } as const
      return { lists: IN_INBOX, condition, ownIndex }
    }
    case 'all':
      return { lists: IN_INBOX }
    default:
      return { lists: [view] }
  }
}

function openOnes(condition: RawBuilder<unknown>): OwnIndex {
  return { condition: sql`listed_as = 'open' AND ${condition}`, order: 'listed_at' }
}
