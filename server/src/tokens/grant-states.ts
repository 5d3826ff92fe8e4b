import { backoffMs } from '../kernel/backoff.ts'
import type { AppError, Remedy } from '../kernel/errors.ts'
import type { Grant, GrantState } from './grant.ts'

/** Part of a grant that signals change; without tokens. */
type Lived = Omit<Grant, 'refreshToken' | 'accessTokens'>

/** Signals about a grant. */
export type GrantSignal = 'refreshed' | 'failed-wait' | 'failed-sign-in' | 'failed-admin' | 'signed-in'

const HEARD_WHILE_GOOD = {
  refreshed: 'connected',
  'failed-wait': 'degraded',
  'failed-sign-in': 'needs-sign-in',
  'failed-admin': 'needs-admin',
  'signed-in': 'connected',
} as const

/**
 * State transitions by signal; other signals change nothing. An outage does not replace a blocking policy, and only a
 * sign-in restores an ended grant. The number of failures has no influence.
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
  // `refreshed`: an unreadable row became readable again, because the key file was restored.
  'needs-sign-in': { refreshed: 'connected', 'failed-sign-in': 'needs-sign-in', 'signed-in': 'connected' },
}

const SIGNAL_OF: Readonly<Record<Remedy, GrantSignal>> = {
  wait: 'failed-wait',
  'sign-in': 'failed-sign-in',
  admin: 'failed-admin',
  // A request that Microsoft rejects as invalid may succeed after the next upgrade, so it ends nothing.
  bug: 'failed-wait',
}

/**
 * Returns the signal of a failed refresh; `undefined` if the error is not about the grant, which then stays unchanged.
 */
export function toSignal({ entry, remedy }: AppError): GrantSignal | undefined {
  return entry.changesGrant ? SIGNAL_OF[remedy] : undefined
}

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const BACK_OFF_MS = {
  wait: { first: 5 * SECOND_MS, longest: 5 * MINUTE_MS, jitter: 1 },
  /** Longer, because people have to change policies and consent. */
  admin: { first: 5 * MINUTE_MS, longest: 60 * MINUTE_MS, jitter: 1 },
}

/** Returns the time of the next try: exponential backoff with full jitter, never before the time set by the server. */
export function nextTry(
  error: AppError,
  { now, attempts }: { now: Date; attempts: number },
  random: () => number,
): Date {
  const backoff = BACK_OFF_MS[error.remedy === 'admin' ? 'admin' : 'wait']
  const floorMs = Math.max(SECOND_MS, (error.upstream?.retryAt?.getTime() ?? 0) - now.getTime())
  return new Date(now.getTime() + backoffMs(backoff, attempts, { random, floorMs }))
}

/** Returns the grant after a failure. A failure not about the grant only postpones the next try. */
export function afterFailure<G extends Lived>(grant: G, error: AppError, now: Date, random: () => number): G {
  const tried = {
    ...grant,
    attempts: grant.attempts + 1,
    nextTryAt: nextTry(error, { now, attempts: grant.attempts }, random),
  }
  const signal = toSignal(error)
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

/** Returns the grant after a successful refresh or sign-in. */
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

/** `stateSince` belongs to the state: another reason for the same state does not reset it. */
function inState(grant: Lived, state: GrantState, stateReason: string | undefined, now: Date) {
  return { state, stateReason, stateSince: state === grant.state ? grant.stateSince : now }
}
