/**
 * Health of an email account: states, refreshes, errors, gaps and latencies over a day or more. Owns no table; it
 * combines records of other rooms. Used by `http`.
 */
export { createAccountHealth, LONGEST_HEALTH_MS, type AccountHealth } from './account-health.ts'
export type { HealthError, HealthOfAccount, Recovery, StateSpan } from './health.ts'
