import { AppError } from '../kernel/errors.ts'

/** Counts of stored data that is deleted with an email account. */
export interface MailCounts {
  conversations: number
  messages: number
  notes: number
  drafts: number
  /** Conversations on legal hold. While there are any, the account cannot be removed. */
  onLegalHold: number
}

/** Counting of unsent messages ends here, so that the cost is bounded: a count of this size means *at least*. */
export const MOST_UNSENT_COUNTED = 1000

/** Accepted messages that are queued, failed or unknown, each up to {@link MOST_UNSENT_COUNTED}. */
export interface UnsentCounts {
  /** Queued messages. While there are any, the account cannot be removed. */
  waiting: number
  unknown: number
  failed: number
}

/** Counts that are shown before an account is removed, and returned afterward. */
export type RemovalCounts = MailCounts & UnsentCounts

export function refuseHeld({ onLegalHold }: Pick<MailCounts, 'onLegalHold'>): void {
  if (onLegalHold > 0) throw new AppError('conversations.on_legal_hold')
}

export function refuseWaiting({ waiting }: UnsentCounts): void {
  if (waiting === 0) return
  const figure = waiting < MOST_UNSENT_COUNTED ? String(waiting) : `At least ${waiting}`
  const detail = waiting === 1 ? '1 message waits to be sent.' : `${figure} messages wait to be sent.`
  throw new AppError('email_accounts.mail_waits', { detail })
}
