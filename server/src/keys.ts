import { hkdfSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Config } from './config.ts'
import type { Clock } from './kernel/clock.ts'
import { AppError } from './kernel/errors.ts'
import { openKeyFile, parseKeyFile } from './kernel/key-file.ts'
import { checkKeyRing, createKeyRing, type EncryptionKey, type KeyRecords, type KeyRing } from './kernel/key-ring.ts'
import { Secret } from './kernel/secret.ts'

export interface Keys {
  keyRing: KeyRing
  /** Signs session cookies. Changing the current key signs out all users. */
  sessionSecret: Secret
  /**
   * Secrets that sign the conversation token of a reply. The first signs; the others are from earlier keys and only
   * verify.
   */
  conversationSecrets: readonly Secret[]
}

/**
 * Returns the keys of the configuration after checking them against the database. `giveUp` is the id of a key that is
 * lost permanently.
 *
 * @throws {AppError} `kernel.key_missing`, `kernel.key_wrong`, `kernel.key_unknown`, `kernel.key_not_lost`
 */
export async function openKeys(
  from: Config['keys'],
  records: KeyRecords,
  clock: Clock,
  giveUp?: string,
): Promise<Keys> {
  if (giveUp !== undefined) await giveUpKey(giveUp, from, records, clock)
  if ('file' in from) await openKeyFile(from.file, records) // The file is created at the first start.
  const keys = parseKeyFile('file' in from ? await readFile(from.file, 'utf8') : from.text.reveal())
  const [current] = keys
  if (!current) throw new AppError('kernel.key_missing')
  const keyRing = createKeyRing(keys, current.id)
  await checkKeyRing(keyRing, records, clock)
  return {
    keyRing,
    sessionSecret: derive(current.key, 'postkey session cookies'),
    conversationSecrets: keys.map(({ key }) => derive(key, 'postkey conversation tokens')),
  }
}

/**
 * Gives up a lost key. Also gives up keys that are neither held nor in use: a newly created key file contains none of
 * them.
 */
async function giveUpKey(lost: string, from: Config['keys'], records: KeyRecords, clock: Clock): Promise<void> {
  const held = new Set((await heldKeys(from)).map(({ id }) => id))
  if (held.has(lost)) throw new AppError('kernel.key_not_lost')
  if (!(await records.giveUp(lost, clock.now()))) throw new AppError('kernel.key_unknown')
  for (const { keyId, isGivenUp } of await records.list()) {
    if (!isGivenUp && !held.has(keyId) && !(await records.isInUse(keyId))) await records.giveUp(keyId, clock.now())
  }
}

async function heldKeys(from: Config['keys']): Promise<EncryptionKey[]> {
  if (!('file' in from)) return parseKeyFile(from.text.reveal())
  try {
    return parseKeyFile(await readFile(from.file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Derives a separate key for a purpose; the key itself must not be reused (NIST SP 800-108, RFC 5869). */
function derive(key: Buffer, purpose: string): Secret {
  return new Secret(Buffer.from(hkdfSync('sha256', key, '', purpose, 32)).toString('base64url'))
}
