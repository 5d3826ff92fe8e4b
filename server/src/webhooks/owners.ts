import type { VisibleAccounts } from '../events/index.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { WebhookEndpointId } from '../kernel/ids.ts'
import type { WebhookDeps, WebhookPorts } from './deps.ts'
import { recordDisabled } from './disabled.ts'

interface OwnedEndpoint {
  id: WebhookEndpointId
  purpose: 'events' | 'alerts'
  owner: string
}

export interface OwnersDeps extends Pick<WebhookDeps, 'database' | 'clock' | 'audit'> {
  ports: () => WebhookPorts | undefined
}

/**
 * Ends endpoints with their owners, so that no receiver gets events that its owner may not read. Endpoints of alerts
 * stay: they contain no mail, and the departure of an admin must not silence alerts.
 *
 * @see docs/decisions/0070-webhooks-deliver-from-a-position.md
 */
export function createOwners({ database, clock, audit, ports }: OwnersDeps) {
  /**
   * Disables active endpoints whose owner may no longer have any.
   *
   * @returns the others, with the mailboxes that their owners may read
   */
  return async <Endpoint extends OwnedEndpoint>(
    active: readonly Endpoint[],
  ): Promise<(Endpoint & { readable: VisibleAccounts })[]> => {
    const owners = new Set(active.flatMap(({ purpose, owner }) => (purpose === 'events' ? owner : [])))
    const readable = owners.size === 0 ? new Map<string, VisibleAccounts>() : await ports()!.readableBy([...owners])
    const others: (Endpoint & { readable: VisibleAccounts })[] = []
    for (const endpoint of active) {
      const accounts = endpoint.purpose === 'alerts' ? [] : readable.get(endpoint.owner)
      if (accounts) others.push({ ...endpoint, readable: accounts })
      else await disable(endpoint)
    }
    return others
  }

  async function disable({ id, owner }: OwnedEndpoint): Promise<void> {
    const reason: ErrorCode = owner.startsWith('api-key:')
      ? new AppError('webhooks.key_ended').code
      : new AppError('webhooks.owner_ended').code
    await database.transaction(async (tx) => {
      const row = await tx
        .updateTable('webhook_endpoints')
        .set({
          ...{ state: 'disabled', disabled_at: clock.now(), disabled_reason: reason, claim: null, claimed_until: null },
        })
        // An admin may have taken it over, or another server disabled it.
        .where('id', '=', id)
        .where('owner', '=', owner)
        .where('state', '=', 'active')
        .returning(['id', 'name', 'purpose', 'disabled_reason'])
        .executeTakeFirst()
      if (row) await recordDisabled(audit, tx, row)
    })
  }
}
