import type { EmailAccountId, TagId } from '../../kernel/ids.ts'

/** Parts of a message whose words are marked in the search index. `to` includes Cc and Bcc; a note is no message. */
export const MARKED_FIELDS = ['from', 'to', 'subject', 'filename', 'note'] as const
export type MarkedField = (typeof MARKED_FIELDS)[number]
export type TextField = MarkedField | 'body' | 'any'

/** Properties of a conversation that `is:` names. */
export const STATES = [
  'open',
  'waiting',
  'snoozed',
  'closed',
  'spam',
  'deleted',
  'unread',
  'read',
  'needs-reply',
  'assigned',
  'unassigned',
] as const
export type State = (typeof STATES)[number]

/** Text in a field. Words match by their beginning, the words of a phrase as a whole and in this order. */
export interface TextTerm {
  kind: 'text'
  field: TextField
  text: string
  isPhrase: boolean
  isNegated: boolean
}

export interface AttachmentTerm {
  kind: 'attachment'
  isNegated: boolean
}

/** Messages received at `from` or later, and before `until`. */
export interface ReceivedTerm {
  kind: 'received'
  from?: Date
  until?: Date
}

/** Conversations with one of these states. */
export interface StateTerm {
  kind: 'state'
  states: readonly State[]
  isNegated: boolean
}

/** Conversations assigned to one of these people; null stands for unassigned ones. */
export interface AssigneeTerm {
  kind: 'assignee'
  ids: readonly (string | null)[]
  isNegated: boolean
}

export interface AccountTerm {
  kind: 'mailbox'
  ids: readonly EmailAccountId[]
  isNegated: boolean
}

/** Conversations with one of these tags. */
export interface TagTerm {
  kind: 'tag'
  ids: readonly TagId[]
  /** All current tags: conversations with none of them fulfill the condition, too. */
  untaggedBy: readonly TagId[] | undefined
  isNegated: boolean
}

/** Condition of a search. All conditions on messages apply to the same message of a conversation. */
export type SearchTerm = TextTerm | AttachmentTerm | ReceivedTerm | StateTerm | AssigneeTerm | AccountTerm | TagTerm

/** A part of a query that is ignored. */
export interface SearchProblem {
  /** The part, as it was typed. */
  term: string
  /** Operator and expected value. */
  title: string
  fix: string
}

export interface ParsedSearch {
  terms: readonly SearchTerm[]
  problems: readonly SearchProblem[]
}

/** Names that a query may contain, and the time and place of the person who wrote it. */
export interface SearchContext {
  now: Date
  /** Zone in which days begin. */
  timeZone: string
  /** Id of the caller; undefined for a program. */
  me?: string | undefined
  /** Mailboxes that the caller sees. */
  accounts?: readonly { id: EmailAccountId; key: string; address: string; name: string }[]
  people?: readonly { id: string; name: string; email: string }[]
  /** All current tags. */
  tags?: readonly { id: TagId; name: string }[]
}

/** Conditions of a part of a query, or the reason why it is ignored. */
export type Result = { terms: readonly SearchTerm[] } | { title: string; fix: string }
