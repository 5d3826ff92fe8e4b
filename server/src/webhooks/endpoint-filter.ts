import { EVENT_KINDS, type EventKind, type StoredEvent, type VisibleAccounts } from '../events/index.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { EndpointRow } from './rows.ts'

/** Settings that choose the events of an endpoint. */
export type FilterSettings = Pick<EndpointRow, 'kinds' | 'email_account_ids'>

/**
 * Events that an endpoint receives: those of its settings, of mailboxes that its owner may read.
 *
 * @returns a predicate, and the same as a filter of the list of events
 */
export function createEndpointFilter({ kinds, email_account_ids }: FilterSettings, readable: VisibleAccounts) {
  const wanted = kinds && new Set(kinds)
  const accounts = accountsOf(email_account_ids, readable)
  const known = accounts === 'all' ? undefined : new Set(accounts)
  const isOfKind = (kind: EventKind) => !wanted || wanted.has(kind) || wanted.has(`${kind.split('.')[0]!}.*`)
  return {
    matches: ({ kind, emailAccountId }: StoredEvent): boolean =>
      isOfKind(kind) && (!known || (emailAccountId !== undefined && known.has(emailAccountId))),
    list: {
      emailAccountIds: accounts,
      ...(known && { onlyOfAccounts: true }),
      ...(wanted && { kinds: EVENT_KINDS.filter(isOfKind) }),
    },
  }
}

function accountsOf(chosen: readonly EmailAccountId[] | null, readable: VisibleAccounts): VisibleAccounts {
  if (chosen === null) return readable
  return readable === 'all' ? chosen : chosen.filter((id) => readable.includes(id))
}
