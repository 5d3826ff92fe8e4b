import type { Tx } from '../database/index.ts'
import { skipUsedIds } from '../events/index.ts'
import { AppError } from '../kernel/errors.ts'

/**
 * Pauses webhooks of events after a restore of the database: what they would post may be posted already, and a second
 * installation may run beside the first one. Ids of events continue above those that receivers know, who would discard
 * new events as duplicates.
 *
 * @returns number of webhooks that an admin has to resume
 */
export async function pauseAfterRestore(tx: Tx, { detectedAt }: { detectedAt: Date }): Promise<number> {
  await skipUsedIds(tx)
  const { numUpdatedRows } = await tx
    .updateTable('webhook_endpoints')
    .set({
      ...{ state: 'disabled', disabled_at: detectedAt, claim: null, claimed_until: null },
      disabled_reason: new AppError('webhooks.database_restored').code,
    })
    .where('purpose', '=', 'events')
    .where('state', '=', 'active')
    .where('removed_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}
