import { randomBytes } from 'node:crypto'
import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
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

  /** Adds a secret. The one before it stays valid for a day, and older ones are deleted. */
  async function renew(tx: Tx, returnUrlId: ReturnUrlId): Promise<Secret> {
    const own = tx.deleteFrom('return_url_secrets').where('return_url_id', '=', returnUrlId)
    await own.where('expires_at', 'is not', null).execute()
    await tx
      .updateTable('return_url_secrets')
      .set({ expires_at: new Date(clock.now().getTime() + PREVIOUS_VALID_MS) })
      .where('return_url_id', '=', returnUrlId)
      .execute()
    const id = newId<ReturnUrlSecretId>()
    const secret = new Secret(`rsec_${randomBytes(32).toString('base64url')}`)
    const { sealed, keyId } = keyRing.seal(secret, contextOf(id))
    const row = { id, return_url_id: returnUrlId, sealed, key_id: keyId, expires_at: null }
    await tx.insertInto('return_url_secrets').values(row).execute()
    return secret
  }

  /** Valid secrets, newest first. */
  async function valid(returnUrlId: ReturnUrlId): Promise<Secret[]> {
    const rows = await database.db
      .selectFrom('return_url_secrets')
      .select(['id', 'sealed', 'key_id'])
      .where('return_url_id', '=', returnUrlId)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', clock.now())]))
      .orderBy('expires_at', (order) => order.desc().nullsFirst())
      .execute()
    return rows.map(({ id, sealed, key_id: keyId }) => keyRing.open({ sealed, keyId }, contextOf(id)))
  }

  return { renew, valid }
}
