/**
 * Events: every change as a row, written in the transaction of the change. Owns the table `events`. Every room that
 * changes data appends events; the web UI (SSE), webhooks, alerts and the timeline read them.
 */
export { appendFrom, appendWithin, type EventsOfRows } from './append-from.ts'
export {
  EVENT_KINDS,
  type EventKind,
  type EventPayloads,
  isStateChange,
  type NewEvent,
  type StoredEvent,
} from './event-kinds.ts'
export { createEvents, type EventFilter, type EventPage, type Events, type VisibleAccounts } from './events.ts'
export { eventSchema, exampleOf, toWireEvent, type WireEvent } from './wire-event.ts'
export { oldestEventAfter, oldestHeldBackEvent } from './event-lag.ts'
export { countOldEvents, deleteOldEvents } from './old-events.ts'
export { deleteEventsOf, EVENT_TEXTS } from './texts-of-people.ts'
export { skipUsedIds } from './used-ids.ts'
export { happenedTo, lastBefore, lastEventAt, type HealthEvent, type HealthKind } from './health-events.ts'
