/**
 * How an email account fared: its states, refreshes, errors, gaps and latencies over a day or more. Owns no table; it
 * puts together what other rooms wrote down. `http` comes in.
 */
export { createAccountHealth, LONGEST_HEALTH_MS, type AccountHealth } from './account-health.ts'
export type { HealthError, HealthOfAccount, Recovery, StateSpan } from './health.ts'
