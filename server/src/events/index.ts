/**
 * What happened, written in the transaction in which it happened. Owns the table `events`. Every room that changes
 * something appends; the web UI (SSE), webhooks, alerts and the timeline read.
 */
export { appendFrom, appendWithin } from './append-from.ts'
export { createEvents } from './events.ts'
export type { EventFilter, EventPage, Events, NewEvent, StoredEvent, VisibleAccounts } from './events.ts'
export { happenedTo, lastBefore, type HealthEvent, type HealthKind } from './health-events.ts'
