import { AppError } from '../kernel/errors.ts'

/** What goes with an email account that is removed. */
export interface MailCounts {
  conversations: number
  messages: number
  notes: number
  drafts: number
}

/** Messages that were accepted and did not go out, or may not have. */
export interface UnsentCounts {
  /** Still to go out. While there are any, the account stays. */
  waiting: number
  unknown: number
  failed: number
}

/** What is told before an account is removed, and done then. */
export type RemovalCounts = MailCounts & UnsentCounts

export function refuseWaiting({ waiting }: UnsentCounts): void {
  if (waiting === 0) return
  const detail = waiting === 1 ? '1 message waits to be sent.' : `${waiting} messages wait to be sent.`
  throw new AppError('email_accounts.mail_waits', { detail })
}
