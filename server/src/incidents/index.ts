/**
 * Incidents: failures grouped by cause, with the affected mailboxes. They are a view of the states of providers, grants
 * and accounts with a history: start, alerts, acknowledgment and end. The keeper reads those states, and closes
 * incidents that they no longer show. Owns `incidents`, `incident_email_accounts` and `incident_entries`. Problems of
 * the installation (`installation_troubles`) are reported by the rooms that detect them. Used by `http` for the list;
 * `main` starts the keeper.
 */
export { findCause } from './causes.ts'
export type {
  AffectedEmailAccount,
  Cause,
  Command,
  Incident,
  IncidentDetails,
  IncidentEntry,
  IncidentEntryKind,
  IncidentWords,
  Subject,
} from './incident.ts'
export { INCIDENT_TEXTS } from './texts-of-people.ts'
export { createIncidents, type IncidentFilter, type Incidents } from './incidents.ts'
export type { IncidentsDeps } from './keeper.ts'
export type { Installation, OpenTrouble, PastTrouble, TroubleKey } from './installation.ts'
export type { IncidentSources } from './sources.ts'
export { wordsFor, type Names } from './words.ts'
