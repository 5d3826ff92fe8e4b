/**
 * Incidents: what broke, gathered at what caused it, with everybody it concerns. A view of the states of providers,
 * grants and accounts with a memory: since when, who was told, who is at it, when it ended. Nobody reports to this room;
 * it looks at the states and closes by itself what they say is over. Owns `incidents`, `incident_email_accounts` and
 * `incident_entries`. Troubles of the installation itself (`installation_troubles`) are reported by those that meet them. `http` comes in for the list, `main` starts the keeper.
 */
export { causeOf } from './causes.ts'
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
export { createIncidents, type IncidentFilter, type Incidents, type IncidentsDeps } from './incidents.ts'
export type { Installation, OpenTrouble, PastTrouble, TroubleKey } from './installation.ts'
export type { IncidentSources } from './sources.ts'
export { wordsFor, type Names } from './words.ts'
