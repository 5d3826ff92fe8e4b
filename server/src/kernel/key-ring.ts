import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import { AppError } from './errors.ts'
import { Secret } from './secret.ts'

/** AES-256-GCM as required by NIST SP 800-38D: a random nonce of 96 bits, a tag of 128. */
const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

export interface EncryptionKey {
  id: string
  key: Buffer
}

/** Stored form of a secret: the sealed bytes and the id of their key. */
export interface Sealed {
  sealed: Buffer
  keyId: string
}

/**
 * Encrypts secrets at rest. New secrets are sealed with the current key; older keys still open the values they sealed.
 */
export interface KeyRing {
  readonly currentId: string
  readonly ids: readonly string[]
  /**
   * Seals a secret. `context` identifies the column and row, such as `grants.refresh_token:<id>`, and must be the same
   * on opening. A value copied into another row or column can't be opened there.
   */
  seal(plain: Secret, context: string): Sealed
  /**
   * Decrypts a sealed secret.
   *
   * @throws {AppError} `kernel.key_missing`, `kernel.key_wrong`
   */
  open(sealed: Sealed, context: string): Secret
}

export function createKeyRing(keys: readonly EncryptionKey[], currentId: string): KeyRing {
  const byId = new Map(keys.map(({ id, key }) => [id, key]))
  for (const { id, key } of keys) {
    if (key.length !== KEY_BYTES)
      throw new TypeError(`The key "${id}" has ${key.length} bytes instead of ${KEY_BYTES}.`)
  }
  if (byId.size < keys.length) throw new TypeError('Two keys have the same id.')
  if (!byId.has(currentId)) throw new TypeError(`The current key "${currentId}" is not in the ring.`)

  return {
    currentId,
    ids: [...byId.keys()],
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, byId.get(currentId)!, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(additionalData(currentId, context))
      const text = Buffer.concat([cipher.update(plain.reveal(), 'utf8'), cipher.final()])
      return { sealed: Buffer.concat([nonce, cipher.getAuthTag(), text]), keyId: currentId }
    },
    open({ sealed, keyId }, context) {
      const key = byId.get(keyId)
      if (!key) throw new AppError('kernel.key_missing', { cause: new TypeError(`no key "${keyId}" in the ring`) })
      try {
        const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
        decipher.setAAD(additionalData(keyId, context))
        decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
        const plain = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
        return new Secret(plain.toString('utf8'))
      } catch (error) {
        throw new AppError('kernel.key_wrong', { cause: error })
      }
    },
  }
}

/** The key id is authenticated as well, so that the same bytes under another id are detected. */
function additionalData(keyId: string, context: string): Buffer {
  return Buffer.from(JSON.stringify([keyId, context]))
}

/** Check records: for each key that ever sealed a value here, a known text sealed with it. */
export interface KeyRecords {
  list(): Promise<{ keyId: string; checkValue: Buffer; isGivenUp: boolean }[]>
  /** Adds a record. An existing record stays unchanged. */
  add(record: { keyId: string; checkValue: Buffer; at: Date }): Promise<void>
  /** Returns true when any row is sealed with that key. */
  isInUse(keyId: string): Promise<boolean>
  /**
   * Records that an admin gave up a lost key. Secrets sealed with it must be entered again, and the key no longer
   * prevents Postkey from starting. Returns false when there is no such key.
   */
  giveUp(keyId: string, at: Date): Promise<boolean>
}

const CHECK_TEXT = 'postkey'
const checkContext = (keyId: string) => `encryption_keys.check_value:${keyId}`

/**
 * Verifies that this ring belongs to this database before secrets are read or written. Otherwise a wrong key would
 * appear as failures of one mailbox after the other. Then records the current key.
 *
 * @throws {AppError} `kernel.key_wrong`, `kernel.key_missing` (a key without which rows cannot be opened)
 */
export async function checkKeyRing(ring: KeyRing, records: KeyRecords, clock: Clock): Promise<void> {
  const known = await records.list()
  for (const { keyId, checkValue, isGivenUp } of known) {
    if (ring.ids.includes(keyId)) {
      ring.open({ sealed: checkValue, keyId }, checkContext(keyId))
    } else if (!isGivenUp && (await records.isInUse(keyId))) {
      throw new AppError('kernel.key_missing', { cause: new TypeError(`rows are sealed under the key "${keyId}"`) })
    }
  }
  if (known.some(({ keyId }) => keyId === ring.currentId)) return
  const { sealed } = ring.seal(new Secret(CHECK_TEXT), checkContext(ring.currentId))
  await records.add({ keyId: ring.currentId, checkValue: sealed, at: clock.now() })
}

/** Returns a new key. Its id is derived from its content, so that two keys are never confused. */
export function makeEncryptionKey(): EncryptionKey {
  const key = randomBytes(KEY_BYTES)
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 12), key }
}
