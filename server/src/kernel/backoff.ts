export interface Backoff {
  /** Pause after the first failure, in milliseconds. It doubles with each further one. */
  first: number
  longest: number
  /** Random share of a pause: 0 is none, 1 is full jitter. */
  jitter: number
}

/** Larger exponents would leave the range of integers. */
const MOST_DOUBLINGS = 20

/**
 * Exponential backoff with jitter.
 *
 * @param failures  failures before the last one: 0 gives the first pause
 * @param options.random  from 0 to below 1; unused without jitter
 * @param options.floorMs  pause that a server asked for (`Retry-After`); jitter comes on top of it
 * @returns milliseconds, at most `max(floorMs, longest × (1 - jitter)) + longest × jitter`
 * @see RFC 9110 §10.2.3
 */
export function backoffMs(
  { first, longest, jitter }: Backoff,
  failures: number,
  { random = Math.random, floorMs = 0 }: { random?: () => number; floorMs?: number } = {},
): number {
  const pauseMs = Math.min(first * 2 ** Math.min(Math.max(failures, 0), MOST_DOUBLINGS), longest)
  const shortestMs = Math.max(pauseMs * (1 - jitter), floorMs)
  return jitter === 0 ? shortestMs : shortestMs + pauseMs * jitter * random()
}
