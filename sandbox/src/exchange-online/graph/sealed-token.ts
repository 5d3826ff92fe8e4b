import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { Database } from '../../kernel/database.ts'

/** Encrypts the tokens of `$skiptoken` and `$deltatoken`, so that a client can neither read nor change them. */
export interface TokenSeal {
  seal(purpose: TokenPurpose, value: unknown): string
  /**
   * Decrypts a token.
   *
   * - `malformed`: not a token of the sandbox, one of another purpose, or damaged.
   * - `unknown`: created by another sandbox, or before this sandbox's data was deleted.
   */
  open(purpose: TokenPurpose, token: string): { value: unknown } | { problem: 'malformed' | 'unknown' }
}

export type TokenPurpose = 'list' | 'search' | 'message-delta' | 'folder-delta'

const KEY_SETTING = 'graph.token_key'
const KEY_ID_BYTES = 4
const NONCE_BYTES = 12
const TAG_BYTES = 16

export function createTokenSeal(database: Database): TokenSeal {
  let stored = database.setting(KEY_SETTING)
  if (stored === undefined) database.setSetting(KEY_SETTING, (stored = randomBytes(32).toString('base64url')))
  const key = Buffer.from(stored, 'base64url')
  const keyId = createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES)

  return {
    seal(purpose, value) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose))
      const sealed = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()])
      return Buffer.concat([keyId, nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open(purpose, token) {
      const bytes = Buffer.from(token, 'base64url')
      const body = KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES
      if (bytes.length <= body || bytes.toString('base64url') !== token) return { problem: 'malformed' }
      if (!bytes.subarray(0, KEY_ID_BYTES).equals(keyId)) return { problem: 'unknown' }
      const nonce = bytes.subarray(KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose))
      decipher.setAuthTag(bytes.subarray(KEY_ID_BYTES + NONCE_BYTES, body))
      try {
        const opened = Buffer.concat([decipher.update(bytes.subarray(body)), decipher.final()])
        return { value: JSON.parse(opened.toString()) }
      } catch {
        return { problem: 'malformed' }
      }
    },
  }
}
