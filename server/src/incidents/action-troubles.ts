import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import { isTroubled, toTroubledAccount } from './account-troubles.ts'
import { findRemedy } from './causes.ts'
import type { TroubledAccount } from './failure-causes.ts'
import type { AccountStateNow, ActionsNow } from './sources.ts'

const HOUR_MS = 60 * 60_000
/** Time in milliseconds after which a reason that does not end by itself is an incident. */
const LASTS_AFTER_MS = HOUR_MS
/** Time in milliseconds after which waiting actions are an incident, for any reason. */
export const ACTIONS_OVERDUE_AFTER_MS = 24 * HOUR_MS

/** Reason of an incident without a failed attempt; never thrown. */
const OVERDUE = new AppError('account_actions.wait_too_long').code
/** States in which no action is tried. */
const CLOSED: readonly string[] = ['needs-sign-in', 'needs-admin']

/** Waiting actions that are an incident now. */
export function lastingActions(waiting: readonly ActionsNow[], at: Date): readonly ActionsNow[] {
  const lasts = (since: Date, ms: number) => at.getTime() - since.getTime() >= ms
  return waiting.filter(
    ({ code, troubledSince, waitingSince }) =>
      lasts(waitingSince, ACTIONS_OVERDUE_AFTER_MS) ||
      (code !== null && troubledSince !== null && findRemedy(code) !== 'wait' && lasts(troubledSince, LASTS_AFTER_MS)),
  )
}

/**
 * Active mailboxes whose actions wait. While a mailbox can't be opened, the reason of that applies, so that one failure is
 * one incident.
 */
export function listActionTroubles(
  waiting: readonly ActionsNow[],
  active: ReadonlyMap<EmailAccountId, AccountStateNow>,
): TroubledAccount[] {
  return waiting.flatMap(({ emailAccountId, code, troubledSince, waitingSince }) => {
    const account = active.get(emailAccountId)
    if (!account) return []
    const isClosed = CLOSED.includes(account.state) || (code === null && isTroubled(account))
    const ownCode = code ?? OVERDUE
    return [
      toTroubledAccount(account, {
        code: isClosed && account.reason !== undefined ? account.reason : ownCode,
        since: troubledSince ?? waitingSince,
      }),
    ]
  })
}
