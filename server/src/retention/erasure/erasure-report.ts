import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'

/** Conversations, and messages, that a report names: an admin looks at them one by one. */
export const MOST_NAMED = 1000

/** Conversations and messages of one mailbox. */
export interface ErasedMailCounts {
  /** Deleted with everything in them. */
  conversations: number
  /** With other people: only the messages of the person were deleted. */
  shared: number
  messages: number
  /** Kept whole. */
  onLegalHold: number
  /** Kept as they are when it is found: a message is in the outbox, or the team wrote a draft, a note or a message after the start. */
  inUse: number
}

/** Kinds of data apart from mail: deleted, or with the address replaced. */
export const ERASED_KINDS = [
  ...(['customerNotes', 'suggestions', 'drafts', 'sentMail', 'notifications', 'views', 'invitations'] as const),
  ...(['events', 'auditEntries', 'alerts', 'incidents', 'states'] as const),
] as const
/** Kinds in which the address remains: texts of others. */
export const REMAINING_KINDS = [
  ...(['messages', 'versions', 'attachments', 'conversations', 'notes', 'otherCustomerNotes'] as const),
  ...(['otherDrafts', 'otherSentMail', 'cannedResponses', 'signatures'] as const),
] as const
export type ErasedKind = (typeof ERASED_KINDS)[number]
export type RemainingKind = (typeof REMAINING_KINDS)[number]

/** Counts of an erasure. Names no person: neither addresses nor subjects. */
export interface ErasureReport {
  accounts: Record<EmailAccountId, ErasedMailCounts>
  erased: Partial<Record<ErasedKind, number>>
  remaining: Partial<Record<RemainingKind, number>>
  /** Kept conversations, on legal hold or in use: all of them, as their drafts and sent mail stay. */
  keptIds: ConversationId[]
  /** Messages of others that name the person. At most {@link MOST_NAMED}. */
  remainingMessageIds: string[]
}

export const EMPTY_REPORT: ErasureReport = {
  ...{ accounts: {}, erased: {}, remaining: {}, keptIds: [], remainingMessageIds: [] },
}

export const NO_MAIL: ErasedMailCounts = { conversations: 0, shared: 0, messages: 0, onLegalHold: 0, inUse: 0 }

export function addMail(
  report: Pick<ErasureReport, 'accounts'>,
  id: EmailAccountId,
  more: Partial<ErasedMailCounts>,
): void {
  const counts = (report.accounts[id] ??= { ...NO_MAIL })
  for (const [key, count] of Object.entries(more)) counts[key as keyof ErasedMailCounts] += count
}

export function addCount<Kind extends string>(counts: Partial<Record<Kind, number>>, kind: Kind, count: number): void {
  if (count > 0) counts[kind] = (counts[kind] ?? 0) + count
}

export function sumOfMail({ accounts }: Pick<ErasureReport, 'accounts'>): ErasedMailCounts {
  const sum = { ...NO_MAIL }
  for (const counts of Object.values(accounts)) {
    for (const key of Object.keys(sum) as (keyof ErasedMailCounts)[]) sum[key] += counts[key]
  }
  return sum
}
