import { AppError } from '../kernel/errors.ts'

/** Counts of stored data that is deleted with an email account. */
export interface MailCounts {
  conversations: number
  messages: number
  notes: number
  drafts: number
}

/** Accepted messages that are queued, failed or unknown. */
export interface UnsentCounts {
  /** Queued messages. While there are any, the account cannot be removed. */
  waiting: number
  unknown: number
  failed: number
}

/** Counts that are shown before an account is removed, and returned afterward. */
export type RemovalCounts = MailCounts & UnsentCounts

export function refuseWaiting({ waiting }: UnsentCounts): void {
  if (waiting === 0) return
  const detail = waiting === 1 ? '1 message waits to be sent.' : `${waiting} messages wait to be sent.`
  throw new AppError('email_accounts.mail_waits', { detail })
}
