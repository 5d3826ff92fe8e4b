import type { AuditLog } from '../audit/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, GrantId } from '../kernel/ids.ts'
import type { GrantSummary } from './grant.ts'
import type { PostgresGrantVault } from './postgres-grant-vault.ts'

export interface Grants {
  /** @throws {AppError} `tokens.grant_not_found` */
  get(id: GrantId): Promise<GrantSummary>
  list(cloudProviderId?: CloudProviderId): Promise<GrantSummary[]>
  /**
   * Deletes the grant and its tokens; refused while it opens a mailbox. Entra ID can't revoke a single grant from here
   * (no RFC 7009); the person or an admin removes the consent at Microsoft.
   */
  disconnect(id: GrantId, actor: string): Promise<void>
}

export function createGrants(vault: PostgresGrantVault, audit: AuditLog): Grants {
  return {
    get: (id) => vault.summary(id),
    list: (cloudProviderId) => vault.list(cloudProviderId),
    async disconnect(id, actor) {
      try {
        await vault.remove(id, (tx, { userName, tenantId, objectId }) => {
          const detail = { userName, tenantId, objectId }
          return audit.record(tx, { actor, action: 'grant.disconnected', subject: id, detail })
        })
      } catch (error) {
        if (isForeignKeyViolation(error)) throw new AppError('tokens.grant_in_use', { cause: error })
        throw error
      }
    },
  }
}

function isForeignKeyViolation(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === '23503'
}
