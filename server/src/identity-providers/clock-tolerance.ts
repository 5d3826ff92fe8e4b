/** Difference between the clock of a provider and ours that ID tokens and confirmations tolerate. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000
