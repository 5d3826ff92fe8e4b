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
  /** Signs session cookies. Another current key signs everybody out. */
  sessionSecret: Secret
  /** Sign by which conversation an answer is led home: the first signs, the others were first before. */
  conversationSecrets: readonly Secret[]
}

/**
 * The keys of the configuration, after they were tried on this database. `giveUp` is a key that is lost for good.
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
  if ('file' in from) await openKeyFile(from.file, records) // Made at the first start.
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

/** With it go the records of keys that are neither held nor needed: a key file that is made anew has none of them. */
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

/** A key for another purpose must not be the key itself (NIST SP 800-108, RFC 5869). */
function derive(key: Buffer, purpose: string): Secret {
  return new Secret(Buffer.from(hkdfSync('sha256', key, '', purpose, 32)).toString('base64url'))
}
