import type { AuditLog } from '../cloud-providers/index.ts'
import type { Database } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import type { Grant, GrantSummary } from './grant.ts'
import type { PostgresGrantVault } from './postgres-grant-vault.ts'

export interface Grants {
  /** @throws {AppError} `tokens.grant_not_found` */
  get(id: GrantId): Promise<GrantSummary>
  list(cloudProviderId?: CloudProviderId): Promise<GrantSummary[]>
  /**
   * Forgets the grant and its tokens; refused while a mailbox is opened with it. Entra ID has no way to revoke one
   * grant from here (no RFC 7009): the person, or an admin, removes the consent at Microsoft.
   */
  disconnect(id: GrantId, actor: string): Promise<void>
}

export function createGrants(database: Database, vault: PostgresGrantVault, audit: AuditLog): Grants {
  return {
    get: async (id) => summaryOf(await vault.read(id)),
    list: (cloudProviderId) => vault.list(cloudProviderId),
    disconnect: (id, actor) =>
      // Under the lock, so that no refresh that is under way saves into what is gone.
      vault.exclusively(id, async ({ userName, tenantId, objectId }) => {
        try {
          await database.transaction(async (tx) => {
            await vault.remove(tx, id)
            const detail = { userName, tenantId, objectId }
            await audit.record(tx, { actor, action: 'grant.disconnected', subject: id, detail })
          })
        } catch (error) {
          if (isForeignKeyViolation(error)) throw new AppError('tokens.grant_in_use', { cause: error })
          throw error
        }
      }),
  }
}

function summaryOf({ refreshToken: _refresh, accessTokens: _access, version: _version, ...summary }: Grant) {
  return summary
}

function isForeignKeyViolation(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === '23503'
}
