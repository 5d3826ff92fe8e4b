import type { Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { KeyRing, Sealed } from '../../kernel/key-ring.ts'
import type { Secret } from '../../kernel/secret.ts'

/**
 * Opens a sealed value. Returns the error if no key will ever open it: the bytes are damaged, or an admin has declared
 * the key lost.
 *
 * @throws {AppError} `kernel.key_missing` for a key that only this process lacks: a process with a newer key file
 *   sealed the value, which is intact
 */
export async function openOrGiveUp(
  db: Kysely<Schema>,
  keyRing: KeyRing,
  sealed: Sealed,
  context: string,
): Promise<Secret | AppError> {
  try {
    return keyRing.open(sealed, context)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'kernel.key_wrong' || (await isGivenUp(db, sealed.keyId))) return error
    throw error
  }
}

/** Seals and opens values of rooms that this one does not import. */
export function createSeals(keyRing: KeyRing) {
  return {
    seal: (secret: Secret, context: string): Sealed => keyRing.seal(secret, context),
    open: (db: Kysely<Schema>, sealed: Sealed, context: string) => openOrGiveUp(db, keyRing, sealed, context),
  }
}

async function isGivenUp(db: Kysely<Schema>, keyId: string): Promise<boolean> {
  const row = await db
    .selectFrom('encryption_keys')
    .select('given_up_at')
    .where('key_id', '=', keyId)
    .executeTakeFirst()
  return row !== undefined && row.given_up_at !== null
}
