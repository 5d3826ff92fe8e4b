import type { CloudProviderState } from './cloud-provider.ts'
import { backoffMs } from '../kernel/backoff.ts'

/** Signals about a cloud provider. */
export type ProviderSignal =
  /** The registration was accepted and has no other known fault. */
  | 'accepted'
  /**
   * The registration was accepted, but an admin has to fix another fault: a refused newer credential or too much
   * access.
   */
  | 'accepted-with-fault'
  /** No request for the registration is accepted. */
  | 'rejected'

const HEARD = { accepted: 'connected', 'accepted-with-fault': 'degraded', rejected: 'needs-admin' } as const

/**
 * State transitions by signal. Outages are not signals: a missing response proves nothing about a registration, however
 * often it happens.
 */
export const PROVIDER_STATES: Readonly<
  Record<CloudProviderState, Partial<Record<ProviderSignal, CloudProviderState>>>
> = {
  connecting: HEARD,
  connected: HEARD,
  degraded: HEARD,
  'needs-admin': HEARD,
}

const SECOND_MS = 1000
const TRY_AGAIN_MS = { first: 30 * SECOND_MS, longest: 5 * 60 * SECOND_MS, jitter: 0.5 }

/**
 * Exponential backoff with jitter. The pauses are short, because an admin who fixes a fault at Microsoft waits for the
 * result here.
 */
export function nextTry(now: Date, attempts: number, random: () => number): Date {
  return new Date(now.getTime() + backoffMs(TRY_AGAIN_MS, attempts, { random }))
}
