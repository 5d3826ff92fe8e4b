import { hkdfSync } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Config } from './config.ts'
import type { Clock } from './kernel/clock.ts'
import { AppError } from './kernel/errors.ts'
import { openKeyFile, parseKeyFile } from './kernel/key-file.ts'
import { checkKeyRing, createKeyRing, type KeyRecords, type KeyRing } from './kernel/key-ring.ts'
import { Secret } from './kernel/secret.ts'

export interface Keys {
  keyRing: KeyRing
  /** Signs session cookies. Another current key signs everybody out. */
  sessionSecret: Secret
}

/**
 * The keys of the configuration, after they were tried on this database.
 *
 * @throws {AppError} `kernel.key_missing`, `kernel.key_wrong`
 */
export async function openKeys(from: Config['keys'], records: KeyRecords, clock: Clock): Promise<Keys> {
  if ('file' in from) await openKeyFile(from.file, records) // Made at the first start.
  const keys = parseKeyFile('file' in from ? await readFile(from.file, 'utf8') : from.text.reveal())
  const [current] = keys
  if (!current) throw new AppError('kernel.key_missing')
  const keyRing = createKeyRing(keys, current.id)
  await checkKeyRing(keyRing, records, clock)
  return { keyRing, sessionSecret: derive(current.key, 'postkey session cookies') }
}

/** A key for another purpose must not be the key itself (NIST SP 800-108, RFC 5869). */
function derive(key: Buffer, purpose: string): Secret {
  return new Secret(Buffer.from(hkdfSync('sha256', key, '', purpose, 32)).toString('base64url'))
}
