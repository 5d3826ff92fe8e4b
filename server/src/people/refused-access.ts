import { LRUCache } from 'lru-cache'
import { plainAddress } from '../kernel/client-network.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { Log } from '../kernel/log.ts'
import type { SignInClient } from './session.ts'

const MINUTE_MS = 60_000
/** Lines of an address in a minute; fail2ban bans after fewer. */
export const MOST_REFUSAL_LINES = 30
const MOST_ADDRESSES = 10_000

/** A refused attempt to get access. It names no account: people type passwords into the wrong field. */
export interface RefusedAccess {
  /** Normal form of the address, behind trusted proxies. */
  clientAddress: string
  method: 'password' | 'second-factor' | 'passkey' | 'openid' | 'api-key'
  reason: ErrorCode
}

export type NoteRefusedAccess = (refusal: RefusedAccess) => void

/**
 * Writes a log line per refusal, at most {@link MOST_REFUSAL_LINES} a minute per address. Its text and the order of its
 * fields are fixed: the filter in `deploy/fail2ban` matches the whole line, so that no value can forge one.
 */
export function createRefusedAccess(log: Log): NoteRefusedAccess {
  const lines = new LRUCache<string, { count: number }>({ max: MOST_ADDRESSES, ttl: MINUTE_MS })
  return ({ clientAddress, method, reason }) => {
    const known = lines.get(clientAddress)
    if (known) known.count++
    else lines.set(clientAddress, { count: 1 })
    if (known && known.count > MOST_REFUSAL_LINES) return
    log.warn({ clientAddress, method, reason }, 'Access refused')
  }
}

/** Codes that may mean a guess or a foreign account; a full queue or a canceled sign-in doesn't. */
const REFUSALS: ReadonlySet<string> = new Set([
  'people.wrong_password',
  'people.wrong_code',
  'people.passkey_refused',
  'people.too_many_tries',
  'identity_providers.unknown_person',
  'identity_providers.not_linked',
  'identity_providers.foreign_tenant',
  'identity_providers.email_unverified',
  'identity_providers.other_person',
  'identity_providers.answer_invalid',
  'tokens.state_unknown',
])

/** Returns a function that throws an error again, and notes it before if it may mean a guess. */
export function notingRefusals(
  note: NoteRefusedAccess,
  { clientAddress }: Pick<SignInClient, 'clientAddress'>,
  method: RefusedAccess['method'],
): (error: unknown) => never {
  return (error) => {
    if (error instanceof AppError && REFUSALS.has(error.code)) {
      note({ clientAddress: plainAddress(clientAddress), method, reason: error.code })
    }
    throw error
  }
}
