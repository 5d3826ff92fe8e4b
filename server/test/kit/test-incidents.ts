import type { Clock } from '../../src/kernel/clock.ts'
import { createEvents } from '../../src/events/index.ts'
import { INCIDENT_SOURCES } from '../../src/incident-sources.ts'
import { createIncidents } from '../../src/incidents/index.ts'
import { silentLog } from './silent-log.ts'
import type { TestDatabase } from './test-database.ts'

/** The room `incidents` without its service. Alerts are accepted and not sent. */
export function createTestIncidents(database: TestDatabase, clock: Clock) {
  const events = createEvents(database)
  const incidents = createIncidents({
    ...{ database, clock, events, log: silentLog, publicUrl: 'https://postkey.contoso.example' },
    alerts: { enqueue: () => Promise.resolve(true) },
    sources: INCIDENT_SOURCES,
    scriptNamesOf: () => undefined,
  })
  return { incidents, close: () => events.close() }
}
