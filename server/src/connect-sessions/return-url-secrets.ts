import { randomBytes } from 'node:crypto'
import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type ReturnUrlId, type ReturnUrlSecretId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import { Secret } from '../kernel/secret.ts'

/** Time in which programs can change to a new secret. */
const PREVIOUS_VALID_MS = 24 * 60 * 60_000

interface SecretsDeps {
  database: Database
  clock: Clock
  keyRing: KeyRing
}

/** Secrets that sign the results of return URLs, sealed at rest. */
export function createReturnUrlSecrets({ database, clock, keyRing }: SecretsDeps) {
  const contextOf = (id: ReturnUrlSecretId) => `return_url_secrets.sealed:${id}`

  /**
   * Adds a secret. The one before it stays valid for a day; expired ones are deleted.
   *
   * @throws {AppError} `connect_sessions.secret_changed_recently` while an earlier one is valid, which a program can still use
   */
  async function renew(tx: Tx, returnUrlId: ReturnUrlId): Promise<Secret> {
    const now = clock.now()
    const own = tx.deleteFrom('return_url_secrets').where('return_url_id', '=', returnUrlId)
    await own.where('expires_at', '<=', now).execute()
    const previous = await tx
      .selectFrom('return_url_secrets')
      .select('expires_at')
      .where('return_url_id', '=', returnUrlId)
      .where('expires_at', 'is not', null)
      .executeTakeFirst()
    if (previous?.expires_at) {
      throw new AppError('connect_sessions.secret_changed_recently', { detail: previous.expires_at.toISOString() })
    }
    await tx
      .updateTable('return_url_secrets')
      .set({ expires_at: new Date(now.getTime() + PREVIOUS_VALID_MS) })
      .where('return_url_id', '=', returnUrlId)
      .execute()
    const id = newId<ReturnUrlSecretId>()
    const secret = new Secret(`rsec_${randomBytes(32).toString('base64url')}`)
    const { sealed, keyId } = keyRing.seal(secret, contextOf(id))
    const row = { id, return_url_id: returnUrlId, sealed, key_id: keyId, expires_at: null }
    await tx.insertInto('return_url_secrets').values(row).execute()
    return secret
  }

  /** Valid secrets, newest first. An earlier one that can't be opened, after the loss of an encryption key, is left out. */
  async function valid(returnUrlId: ReturnUrlId): Promise<Secret[]> {
    const rows = await database.db
      .selectFrom('return_url_secrets')
      .select(['id', 'sealed', 'key_id', 'expires_at'])
      .where('return_url_id', '=', returnUrlId)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', clock.now())]))
      .orderBy('expires_at', (order) => order.desc().nullsFirst())
      .execute()
    return rows.flatMap(({ id, sealed, key_id: keyId, expires_at: expiresAt }) => {
      try {
        return [keyRing.open({ sealed, keyId }, contextOf(id))]
      } catch (error) {
        if (expiresAt === null || !(error instanceof AppError)) throw error
        return []
      }
    })
  }

  return { renew, valid }
}
