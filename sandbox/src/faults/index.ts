/**
 * Faults: what can go wrong at Microsoft, to be switched on for a tenant, a person, an application or a mailbox.
 *
 * Each fault is a file in `entra-id/`, `graph/`, `imap/` or `smtp/` and data through and through. The rooms that play Microsoft ask at
 * their own places, the points, whether there is a fault here, and turn the effect into their own kind of answer; so
 * their paths stay as they are at Microsoft. Every call in which a fault showed is noted.
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
