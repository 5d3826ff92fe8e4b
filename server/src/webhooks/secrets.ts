import { randomBytes } from 'node:crypto'
import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type WebhookEndpointId, type WebhookSecretId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import { Secret } from '../kernel/secret.ts'

/** Time in which receivers can change to a new secret. */
export const PREVIOUS_VALID_MS = 24 * 60 * 60_000

export type WebhookSecrets = ReturnType<typeof createWebhookSecrets>

/** Secrets of endpoints, sealed at rest. */
export function createWebhookSecrets({
  database,
  clock,
  keyRing,
}: {
  database: Database
  clock: Clock
  keyRing: KeyRing
}) {
  const contextOf = (id: WebhookSecretId) => `webhook_secrets.sealed:${id}`

  /** Adds a secret. The one before it stays valid for a day, and older ones are deleted. */
  async function renew(tx: Tx, endpointId: WebhookEndpointId): Promise<Secret> {
    const now = clock.now()
    await tx
      .deleteFrom('webhook_secrets')
      .where('endpoint_id', '=', endpointId)
      .where('expires_at', 'is not', null)
      .execute()
    await tx
      .updateTable('webhook_secrets')
      .set({ expires_at: new Date(now.getTime() + PREVIOUS_VALID_MS) })
      .where('endpoint_id', '=', endpointId)
      .execute()
    const id = newId<WebhookSecretId>()
    const secret = new Secret(`whsec_${randomBytes(32).toString('base64')}`)
    const { sealed, keyId } = keyRing.seal(secret, contextOf(id))
    await tx
      .insertInto('webhook_secrets')
      .values({ id, endpoint_id: endpointId, sealed, key_id: keyId, created_at: now, expires_at: null })
      .execute()
    return secret
  }

  /**
   * Valid secrets, newest first. An earlier one that can't be opened, after the loss of an encryption key, is left out.
   *
   * @param claim returns none unless the endpoint is claimed by it
   */
  async function valid(endpointId: WebhookEndpointId, claim?: string | null): Promise<Secret[]> {
    let query = database.db
      .selectFrom('webhook_secrets')
      .innerJoin('webhook_endpoints', 'webhook_endpoints.id', 'endpoint_id')
      .select(['webhook_secrets.id', 'sealed', 'key_id', 'expires_at'])
      .where('endpoint_id', '=', endpointId)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', clock.now())]))
    if (claim !== undefined) query = query.where('claim', '=', claim)
    const rows = await query.orderBy('expires_at', (order) => order.desc().nullsFirst()).execute()
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
