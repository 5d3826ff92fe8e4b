import type { Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { KeyRing, Sealed } from '../../kernel/key-ring.ts'
import type { Secret } from '../../kernel/secret.ts'

/**
 * What is sealed, or the error when no key will ever open it: the bytes are damaged, or an admin has declared their key
 * lost.
 *
 * @throws {AppError} `kernel.key_missing` for a key that only this process lacks: another one, with a newer key file,
 *   sealed it, and nothing is wrong with it
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

async function isGivenUp(db: Kysely<Schema>, keyId: string): Promise<boolean> {
  const row = await db
    .selectFrom('encryption_keys')
    .select('given_up_at')
    .where('key_id', '=', keyId)
    .executeTakeFirst()
  return row !== undefined && row.given_up_at !== null
}
