import { CATALOGUE, isErrorCode, knownCode, type ErrorCode, type Remedy, type Scope } from '../kernel/errors.ts'
import type { Cause } from './incident.ts'

/** `egress`: only a comparison of all mailboxes shows whether the fault is in the local network or at Microsoft. */
export type CauseInTable = Cause | 'egress' | 'throttling'

const CAUSE_OF_SCOPE: Readonly<Record<Scope, CauseInTable>> = {
  registration: 'provider',
  // Without its key, the stored credential of a registration cannot be used.
  key: 'provider',
  'tenant-policy': 'tenant-policy',
  user: 'person',
  mailbox: 'mailbox',
  account: 'mailbox',
  message: 'mailbox',
  us: 'mailbox',
  network: 'egress',
  database: 'network',
  installation: 'installation',
  microsoft: 'microsoft',
  throttling: 'throttling',
  // Never occurs as the reason of a state.
  request: 'mailbox',
  alerts: 'mailbox',
}

/** Causes of codes stored by a newer version, by the room before the dot. */
const CAUSE_OF_ROOM: ReadonlyMap<string, CauseInTable> = new Map([
  ['cloud_providers', 'provider'],
  ['tokens', 'person'],
])

export function findCause(code: string): CauseInTable {
  if (!isErrorCode(code)) return CAUSE_OF_ROOM.get(code.split('.')[0]!) ?? 'mailbox'
  const { scope, remedy } = CATALOGUE[code]
  // A network fault that requires an admin is a fault of the local network.
  return scope === 'network' && remedy !== 'wait' ? 'network' : CAUSE_OF_SCOPE[scope]
}

const TRANSIENT: readonly CauseInTable[] = ['egress', 'network', 'microsoft', 'throttling']

/**
 * True for an outage that is reported per stopped mailbox. The code of each mailbox depends on which side gave up
 * first, and changes between attempts.
 */
export function isTransient(code: string): boolean {
  return TRANSIENT.includes(findCause(code)) || code === 'email_accounts.silent'
}

/** True if Entra ID reported an outage or did not respond: from a mailbox without a valid token both look the same. */
export function isNoAnswer(code: string): boolean {
  return findCause(code) === 'egress' || code === 'tokens.endpoint_unavailable'
}

export function findRemedy(code: string): Remedy {
  return CATALOGUE[knownCode(code)].remedy
}

/** Priority of remedies. The code with the highest priority represents the incident. */
const WEIGHT: Readonly<Record<Remedy, number>> = { admin: 3, 'sign-in': 2, bug: 1, wait: 0 }

/** Dominant code of a cause: the one whose remedy has the highest priority, then the most frequent one. */
export function dominantCode(codes: readonly string[]): ErrorCode {
  const counts = new Map<string, number>()
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  const [first] = [...counts].sort(
    ([a, countA], [b, countB]) =>
      WEIGHT[findRemedy(b)] - WEIGHT[findRemedy(a)] || countB - countA || (a < b ? -1 : a > b ? 1 : 0),
  )
  return knownCode(first?.[0])
}
