import { createHmac, hkdfSync } from 'node:crypto'
import type { Secret } from '../kernel/secret.ts'

/** Hash of fixed length. Without the session secret it can't be compared with the hashes of guessed addresses. */
export type KeyedHash = (...parts: string[]) => string

export function createKeyedHash(sessionSecret: Secret): KeyedHash {
  const key = Buffer.from(hkdfSync('sha256', sessionSecret.reveal(), '', 'postkey sign-in hashes', 32))
  return (...parts) => createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url')
}
