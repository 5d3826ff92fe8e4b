import type { EmailAccount } from '../../api/client.ts'

const ORDER: readonly EmailAccount['state'][] = [
  'needs-admin',
  'needs-sign-in',
  'degraded',
  'connecting',
  'importing',
  'connected',
  'paused',
]

/**
 * Orders mailboxes by trouble, then by name: those that need a person first, paused ones last.
 *
 * @param troubled  ids of mailboxes that can't send, or whose actions wait, whatever their connection state
 */
export function orderAccounts<T extends Pick<EmailAccount, 'id' | 'state' | 'name'>>(
  accounts: readonly T[],
  troubled: ReadonlySet<string> = new Set(),
): T[] {
  const rankOf = ({ id, state }: T) => {
    const rank = ORDER.indexOf(state)
    return state !== 'paused' && troubled.has(id) ? Math.min(rank, ORDER.indexOf('degraded')) : rank
  }
  return accounts.toSorted((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name, undefined, NATURAL))
}

const NATURAL = { numeric: true, sensitivity: 'base' } as const
