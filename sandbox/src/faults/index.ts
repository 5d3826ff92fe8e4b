/**
 * Faults: possible failures at Microsoft, switched on for a tenant, a user, an application or a mailbox.
 *
 * Each fault is a file in `entra-id/`, `graph/`, `imap/` or `smtp/` and consists only of data. The modules that play
 * Microsoft check for faults at defined points and convert the effect into their own kind of response. Their regular
 * code therefore stays as it is at Microsoft. Every call that shows a fault is recorded.
 *
 * Tables: faults, fault_calls.
 */
export { createDisturbedAnswers } from './disturbed-answers.ts'
export { EVIDENCE, type Fault, type Part } from './fault.ts'
export { createFaults, type Faults, type FaultsAsked } from './faults.ts'
export { registerFaultPages } from './fault-routes.ts'
export { registerFaultsApi } from './faults-api.ts'
export { FaultsError } from './faults-error.ts'
export type * from './points.ts'
export type { Switch } from './switch-table.ts'
