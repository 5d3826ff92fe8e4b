import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import { AppError } from './errors.ts'
import { Secret } from './secret.ts'

/** AES-256-GCM as NIST SP 800-38D wants it: a random nonce of 96 bits, a tag of 128. */
const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

export interface EncryptionKey {
  id: string
  key: Buffer
}

/** What a row keeps: the sealed bytes, and under which key they lie. */
export interface Sealed {
  sealed: Buffer
  keyId: string
}

/** Keeps secrets at rest. New ones are sealed under the current key; older keys still open what they sealed. */
export interface KeyRing {
  readonly currentId: string
  readonly ids: readonly string[]
  /**
   * `context` says what is sealed and for which row, such as `grants.refresh_token:<id>`, and must be the same on
   * opening: a value that was copied into another row or column does not open there.
   */
  seal(plain: Secret, context: string): Sealed
  /** @throws {AppError} `kernel.key_missing`, `kernel.key_wrong` */
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

/** The id is bound as well, so that the same bytes under another id are noticed. */
function additionalData(keyId: string, context: string): Buffer {
  return Buffer.from(JSON.stringify([keyId, context]))
}

/** The check records: for each key that ever sealed something here, a known text under it. */
export interface KeyRecords {
  list(): Promise<{ keyId: string; checkValue: Buffer; isGivenUp: boolean }[]>
  /** Leaves a record that is there already as it is. */
  add(record: { keyId: string; checkValue: Buffer; at: Date }): Promise<void>
  /** Whether any row is sealed under that key. */
  isInUse(keyId: string): Promise<boolean>
  /**
   * An admin says that the key is lost for good: what lies under it is to be entered anew, and no longer keeps Postkey
   * from starting. False when there is no such key.
   */
  giveUp(keyId: string, at: Date): Promise<boolean>
}

const CHECK_TEXT = 'postkey'
const checkContext = (keyId: string) => `encryption_keys.check_value:${keyId}`

/**
 * Whether this ring belongs to this database, before anything is read or written with it: a wrong key would otherwise
 * be noticed by one mailbox after the other. Then makes the current key known.
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

/** A new key, named after what it is, so that two keys are never taken for each other. */
export function makeEncryptionKey(): EncryptionKey {
  const key = randomBytes(KEY_BYTES)
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 12), key }
}
