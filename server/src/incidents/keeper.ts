import type { Alerts } from '../alerts/index.ts'
import type { Database } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'
import type { ScriptNamesOf } from './names.ts'
import { reconcile } from './reconcile-incidents.ts'
import { createTelling } from './notifications.ts'
import type { IncidentSources } from './sources.ts'

/**
 * Interval of checks in milliseconds. A lasting failure becomes an incident by the passage of time, without any event.
 */
const LOOK_EVERY_MS = 5_000
const DEADLINE_MS = 2 * 60_000

export interface IncidentsDeps {
  database: Database
  clock: Clock
  events: Events
  alerts: Pick<Alerts, 'enqueue'>
  log: Log
  /** `PUBLIC_URL` without a trailing slash. */
  publicUrl: string
  scriptNamesOf: ScriptNamesOf
  sources: IncidentSources
}

/** Checks the states after every change, and also every few seconds. */
export function createKeeper(deps: IncidentsDeps) {
  const { database, clock, events, log } = deps
  const { tellDue } = createTelling(deps)
  const ticker = createTicker({
    name: 'incidents.keeper',
    clock,
    everyMs: LOOK_EVERY_MS,
    deadlineMs: DEADLINE_MS,
    run: look,
    onError: (error) => log.warn({ err: error }, 'Incidents could not be brought up to date'),
  })
  let stopListening: (() => Promise<void>) | undefined

  async function look(): Promise<void> {
    await database.transaction((tx) => reconcile(tx, deps.sources, events, clock.now()))
    await tellDue()
  }

  return {
    look,
    poke: () => ticker.poke(),
    async start(): Promise<void> {
      stopListening = await events.subscribe({ emailAccountIds: 'all', kindLike: '%.state_changed' }, () =>
        ticker.poke(),
      )
      ticker.start()
    },
    async stop(): Promise<void> {
      await stopListening?.()
      await ticker.stop()
    },
  }
}
