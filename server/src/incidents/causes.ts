import { CATALOGUE, isErrorCode, knownCode, type ErrorCode, type Remedy, type Scope } from '../kernel/errors.ts'
import type { Cause } from './incident.ts'

/** `egress`: on which side of the network it is, ours or Microsoft's, shows only in a comparison of all mailboxes. */
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
  // Never the reason of a state.
  request: 'mailbox',
  alerts: 'mailbox',
}

/** Causes of codes that a newer version stored, by the room in front of the dot. */
const CAUSE_OF_ROOM: ReadonlyMap<string, CauseInTable> = new Map([
  ['cloud_providers', 'provider'],
  ['tokens', 'person'],
])

export function causeOf(code: string): CauseInTable {
  if (!isErrorCode(code)) return CAUSE_OF_ROOM.get(code.split('.')[0]!) ?? 'mailbox'
  const { scope, remedy } = CATALOGUE[code]
  // A fault of the network that an admin has to fix is on the side of Postkey.
  return scope === 'network' && remedy !== 'wait' ? 'network' : CAUSE_OF_SCOPE[scope]
}

const TRANSIENT: readonly CauseInTable[] = ['egress', 'network', 'microsoft', 'throttling']

/**
 * True for an outage that is named by the mailboxes that it stops: which of these codes each meets depends on which side gave up
 * first, and changes between attempts.
 */
export function isWeather(code: string): boolean {
  return TRANSIENT.includes(causeOf(code)) || code === 'email_accounts.silent'
}

/** True if Entra ID reported an outage or did not answer: from a mailbox without a valid token both look the same. */
export function isNoAnswer(code: string): boolean {
  return causeOf(code) === 'egress' || code === 'tokens.endpoint_unavailable'
}

export function remedyOf(code: string): Remedy {
  return CATALOGUE[knownCode(code)].remedy
}

/** What says most about how it can be ended stands for the whole. */
const WEIGHT: Readonly<Record<Remedy, number>> = { admin: 3, 'sign-in': 2, bug: 1, wait: 0 }

/** Of the codes of one cause the one that counts: who has to act first, then what is met most often. */
export function weightiest(codes: readonly string[]): ErrorCode {
  const counts = new Map<string, number>()
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  const [first] = [...counts].sort(
    ([a, countA], [b, countB]) =>
      WEIGHT[remedyOf(b)] - WEIGHT[remedyOf(a)] || countB - countA || (a < b ? -1 : a > b ? 1 : 0),
  )
  return knownCode(first?.[0])
}
