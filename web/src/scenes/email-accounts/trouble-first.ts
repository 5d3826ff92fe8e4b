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

/** What needs somebody on top, what was paused on purpose at the end; among equals by name. */
export function troubleFirst<T extends Pick<EmailAccount, 'state' | 'name'>>(accounts: readonly T[]): T[] {
  return accounts.toSorted(
    (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name, undefined, NATURAL),
  )
}

const NATURAL = { numeric: true, sensitivity: 'base' } as const
