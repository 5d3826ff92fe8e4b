/** Derives spans, errors and recoveries from state changes. */
import { isTroubled, toReason, type EmailAccount, type EmailAccountState } from '../email-accounts/index.ts'
import type { HealthError, Recovery, StateSpan } from './health.ts'

export interface HealthChange {
  at: Date
  from: EmailAccountState
  to: EmailAccountState
  reason: string | null
}

export interface Told {
  account: Pick<EmailAccount, 'state' | 'reason' | 'stateSince' | 'createdAt'>
  /** Last change before the period. */
  before: HealthChange | undefined
  /** Changes within the period, oldest first. */
  changes: readonly HealthChange[]
  from: Date
  to: Date
}

export function listSpans({ account, before, changes, from, to }: Told): StateSpan[] {
  const spans: StateSpan[] = []
  let { state, reason } = stateAtFirst({ account, before, changes })
  let begun = later(from, account.createdAt)
  for (const change of changes) {
    if (change.at > begun) spans.push({ from: begun, to: change.at, state, reason })
    begun = later(begun, change.at)
    state = change.to
    reason = isTroubled(state) ? toReason(change.reason) : undefined
  }
  if (to > begun) spans.push({ from: begun, to, state, reason })
  return spans
}

function stateAtFirst({ account, before, changes }: Pick<Told, 'account' | 'before' | 'changes'>) {
  if (before) return { state: before.to, reason: isTroubled(before.to) ? toReason(before.reason) : undefined }
  const [first] = changes
  return first ? { state: first.from, reason: undefined } : account
}

/** Returns failures that stopped reading. A mailbox paused by an admin is not a failure. */
export function listErrors(changes: readonly HealthChange[], of: HealthError['of']): HealthError[] {
  return changes.flatMap(({ at, to, reason }) => {
    const failure = isFailure(to) ? toReason(reason) : undefined
    return failure ? [{ at, of, reason: failure }] : []
  })
}

/** Returns failures that ended: mail is read again. */
export function listRecoveries({ before, changes }: Pick<Told, 'before' | 'changes'>): Recovery[] {
  const recoveries: Recovery[] = []
  let since = before && isFailure(before.to) ? before.at : undefined
  for (const { at, to } of changes) {
    if (isFailure(to)) since ??= at
    else if (to === 'paused') since = undefined
    else if (since && (to === 'connected' || to === 'importing')) {
      recoveries.push({ at, since })
      since = undefined
    }
  }
  return recoveries
}

function isFailure(state: EmailAccountState): boolean {
  return isTroubled(state) && state !== 'paused'
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b
}
