import type { CloudProviderState } from './cloud-provider.ts'

/** What a cloud provider can hear about itself. */
export type ProviderSignal =
  /** The registration was accepted, and nothing else is known to be wrong with it. */
  | 'accepted'
  /** It was accepted, and something else about it needs an admin: a newer credential that is refused, a reach too wide. */
  | 'accepted-with-fault'
  /** Nothing in its name is accepted. */
  | 'rejected'

const HEARD = { accepted: 'connected', 'accepted-with-fault': 'degraded', rejected: 'needs-admin' } as const

/**
 * Which signal leads where. An outage is not in the table: that nobody answers says nothing about a registration, and
 * no number of failures makes it say something.
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
const TRY_AGAIN_MS = { first: 30 * SECOND_MS, longest: 5 * 60 * SECOND_MS }

/** Growing pauses with jitter. Short ones: what an admin mended at Microsoft must show here while they look on. */
export function nextTry(now: Date, attempts: number, random: () => number): Date {
  const pause = Math.min(TRY_AGAIN_MS.first * 2 ** Math.min(attempts, 20), TRY_AGAIN_MS.longest)
  return new Date(now.getTime() + pause * (0.5 + random() / 2))
}
