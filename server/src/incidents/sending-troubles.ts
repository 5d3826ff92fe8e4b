import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { isTroubled, toTroubledAccount } from './account-troubles.ts'
import type { TroubledAccount } from './failure-causes.ts'
import type { AccountStateNow } from './sources.ts'

/** Time in milliseconds after which queued mail is an incident, for any reason. */
export const OVERDUE_AFTER_MS = 15 * 60_000

/** Reason of an incident without a failed attempt; never thrown. */
const OVERDUE = new AppError('submission.waits_too_long').code

/**
 * Active mailboxes that cannot send. Where no attempt has a reason, the reason why the mailbox is not read applies, so that
 * one failure is one incident.
 */
export function listSendingTroubles(
  waiting: readonly { emailAccountId: EmailAccountId; code: string | null; since: Date }[],
  active: ReadonlyMap<EmailAccountId, AccountStateNow>,
): TroubledAccount[] {
  return waiting.flatMap(({ emailAccountId, code, since }) => {
    const account = active.get(emailAccountId)
    if (!account) return []
    return [toTroubledAccount(account, { code: code ?? (isTroubled(account) ? account.reason! : OVERDUE), since })]
  })
}
