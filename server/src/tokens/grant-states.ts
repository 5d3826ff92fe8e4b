import type { AppError, Remedy } from '../kernel/errors.ts'
import type { Grant, GrantState } from './grant.ts'

/** What of a grant moves with what it hears; tokens are no part of it. */
type Lived = Omit<Grant, 'refreshToken' | 'accessTokens'>

/** What a grant can hear about itself. */
export type GrantSignal = 'refreshed' | 'failed-wait' | 'failed-sign-in' | 'failed-admin' | 'signed-in'

const HEARD_WHILE_GOOD = {
  refreshed: 'connected',
  'failed-wait': 'degraded',
  'failed-sign-in': 'needs-sign-in',
  'failed-admin': 'needs-admin',
  'signed-in': 'connected',
} as const

/**
 * Which signal leads where. What is not in the table changes nothing: an outage on the way to a policy that blocks is
 * news about the outage, and nothing but a person brings an ended grant back. No number of failures is in it.
 */
export const GRANT_STATES: Readonly<Record<GrantState, Partial<Record<GrantSignal, GrantState>>>> = {
  connected: HEARD_WHILE_GOOD,
  degraded: HEARD_WHILE_GOOD,
  'needs-admin': {
    refreshed: 'connected',
    'failed-sign-in': 'needs-sign-in',
    'failed-admin': 'needs-admin',
    'signed-in': 'connected',
  },
  // `refreshed`: a row that could not be opened can be again, because the key file was put back.
  'needs-sign-in': { refreshed: 'connected', 'failed-sign-in': 'needs-sign-in', 'signed-in': 'connected' },
}

const SIGNAL_OF: Readonly<Record<Remedy, GrantSignal>> = {
  wait: 'failed-wait',
  'sign-in': 'failed-sign-in',
  admin: 'failed-admin',
  // A request that Microsoft does not understand may be understood after the next upgrade: it ends nothing.
  bug: 'failed-wait',
}

/** What a failed refresh says about the grant; `undefined` when it is about something else, and leaves it as it is. */
export function signalOf({ entry, remedy }: AppError): GrantSignal | undefined {
  return entry.changesGrant ? SIGNAL_OF[remedy] : undefined
}

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const BACK_OFF_MS = {
  wait: { first: 5 * SECOND_MS, longest: 5 * MINUTE_MS },
  /** Policies and consent are changed by people. */
  admin: { first: 5 * MINUTE_MS, longest: 60 * MINUTE_MS },
}

/** Growing pauses with full jitter, and never before the time that the server named. */
export function nextTry(
  error: AppError,
  { now, attempts }: { now: Date; attempts: number },
  random: () => number,
): Date {
  const { first, longest } = BACK_OFF_MS[error.remedy === 'admin' ? 'admin' : 'wait']
  const most = Math.min(first * 2 ** Math.min(attempts, 20), longest)
  const floor = Math.max(now.getTime() + SECOND_MS, error.upstream?.retryAt?.getTime() ?? 0)
  return new Date(floor + random() * most)
}

/** The grant after a failure. One that says nothing about it only postpones the next look. */
export function afterFailure<G extends Lived>(grant: G, error: AppError, now: Date, random: () => number): G {
  const tried = {
    ...grant,
    attempts: grant.attempts + 1,
    nextTryAt: nextTry(error, { now, attempts: grant.attempts }, random),
  }
  const signal = signalOf(error)
  const next = signal && GRANT_STATES[grant.state][signal]
  if (next === undefined) return tried
  const signInClaims = error.upstream?.claims ?? grant.signInClaims
  return {
    ...tried,
    ...inState(grant, next, error.code, now),
    signInClaims,
    ...(next === 'needs-sign-in' && { ended: { at: now, upstream: error.upstream }, nextTryAt: undefined }),
  }
}

/** The grant after Microsoft has given tokens, by a refresh or by a sign-in. */
export function afterSuccess<G extends Lived>(grant: G, signal: 'refreshed' | 'signed-in', now: Date): G {
  const next = GRANT_STATES[grant.state][signal] ?? grant.state
  return {
    ...grant,
    ...inState(grant, next, undefined, now),
    attempts: 0,
    nextTryAt: undefined,
    refreshBegunAt: undefined,
    signInClaims: undefined,
    ended: undefined,
  }
}

/** `since` is that of the state: another reason for the same trouble is no new trouble. */
function inState(grant: Lived, state: GrantState, stateReason: string | undefined, now: Date) {
  return { state, stateReason, stateSince: state === grant.state ? grant.stateSince : now }
}
