/** What has stopped, each failure once: an expired secret is one, however many mailboxes it stops. */
import type { EmailAccount, Reason } from '../../api/client.ts'

export interface Incident {
  key: string
  reason: Reason | undefined
  /** Since the first of them. */
  since: string
  /** At least one. */
  accounts: readonly EmailAccount[]
  /** Where it can be ended, when it lies in the Cloud Provider. */
  cloudProviderId: string | undefined
}

/** How many lines of the same reason are read before they are only counted. */
const MOST_LINES = 3

export interface Incidents {
  shown: Incident[]
  /** Of a reason that has more lines than are shown. */
  more: { key: string; reason: Reason | undefined; count: number }[]
}

export function incidentsOf(stopped: readonly EmailAccount[]): Incidents {
  const found = new Map<string, Incident>()
  for (const account of stopped) {
    const { id, reason, stateSince, cloudProviderId } = account
    const isProviders = reason?.remedy === 'admin' && reason.code.startsWith('cloud_providers.')
    const key = isProviders ? `${cloudProviderId} ${reason.code}` : id
    const { accounts, since } = found.get(key) ?? { accounts: [], since: stateSince }
    found.set(key, {
      ...{ key, reason, accounts: [...accounts, account] },
      since: Date.parse(stateSince) < Date.parse(since) ? stateSince : since,
      cloudProviderId: isProviders ? cloudProviderId : undefined,
    })
  }
  const byReason = Map.groupBy(found.values(), ({ reason }) => reason?.code ?? '')
  return {
    shown: [...byReason.values()].flatMap((alike) => alike.slice(0, MOST_LINES)),
    more: [...byReason]
      .filter(([, alike]) => alike.length > MOST_LINES)
      .map(([key, alike]) => ({ key, reason: alike[0]!.reason, count: alike.length - MOST_LINES })),
  }
}
