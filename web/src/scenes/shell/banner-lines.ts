/** Content of the banner on every page: each incident once, and stopped mailboxes without an incident. */
import type { EmailAccount, Incident } from '../../api/client.ts'

/** Number of lines before the rest is only counted. */
const MOST_LINES = 3

interface BannerLines {
  incidents: readonly Incident[]
  /** Number of further incidents. */
  moreIncidents: number
  /** Stopped mailboxes without an open incident. */
  accounts: readonly EmailAccount[]
  moreAccounts: number
}

export function bannerLines(open: readonly Incident[], stopped: readonly EmailAccount[]): BannerLines {
  const inIncidents = new Set(
    open.flatMap(({ affected }) => affected.filter(({ until }) => !until).map(({ id }) => id)),
  )
  // A temporary problem becomes an incident only after a while: until then it is shown in the header.
  const others = stopped.filter(({ id, state }) => !inIncidents.has(id) && state !== 'degraded')
  const byUrgency = open.toSorted((a, b) => urgencyOf(a) - urgencyOf(b) || Date.parse(b.since) - Date.parse(a.since))
  return {
    incidents: byUrgency.slice(0, MOST_LINES),
    moreIncidents: Math.max(open.length - MOST_LINES, 0),
    accounts: others.slice(0, MOST_LINES),
    moreAccounts: Math.max(others.length - MOST_LINES, 0),
  }
}

/** Acknowledged incidents, and those no one can fix, come after those that need a person. */
function urgencyOf({ remedy, forAdmins }: Incident): number {
  if (forAdmins?.acknowledgedAt !== undefined) return 2
  return remedy === 'wait' ? 1 : 0
}
