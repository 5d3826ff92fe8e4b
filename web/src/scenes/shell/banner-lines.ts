/** What stands over every page: each incident once, and mailboxes that no incident tells of. */
import type { EmailAccount, Incident } from '../../api/client.ts'

/** How many lines are read before they are only counted. */
const MOST_LINES = 3

export interface BannerLines {
  incidents: readonly Incident[]
  /** How many more incidents there are. */
  moreIncidents: number
  /** Stopped, and by no incident that is open. */
  accounts: readonly EmailAccount[]
  moreAccounts: number
}

export function bannerLines(open: readonly Incident[], stopped: readonly EmailAccount[]): BannerLines {
  const told = new Set(open.flatMap(({ affected }) => affected.filter(({ until }) => !until).map(({ id }) => id)))
  // What passes by itself becomes an incident only once it has lasted a while: until then the header has it.
  const untold = stopped.filter(({ id, state }) => !told.has(id) && state !== 'degraded')
  const byUrgency = open.toSorted((a, b) => urgencyOf(a) - urgencyOf(b) || Date.parse(b.since) - Date.parse(a.since))
  return {
    incidents: byUrgency.slice(0, MOST_LINES),
    moreIncidents: Math.max(open.length - MOST_LINES, 0),
    accounts: untold.slice(0, MOST_LINES),
    moreAccounts: Math.max(untold.length - MOST_LINES, 0),
  }
}

/** What somebody is at already, and what nobody can end, comes after what waits for a person. */
function urgencyOf({ remedy, forAdmins }: Incident): number {
  if (forAdmins?.acknowledgedAt !== undefined) return 2
  return remedy === 'wait' ? 1 : 0
}
