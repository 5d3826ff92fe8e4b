import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { CloudProviderId } from '../../kernel/ids.ts'

export interface ProviderExpiry {
  cloudProviderId: CloudProviderId
  name: string
  /** Expiry of the last working credential; of the last refused one if none works. */
  expiresAt: Date
}

/**
 * Expiry of each cloud provider, also after it has passed. Untried credentials postpone nothing. A provider with a
 * working credential without a known expiry date is left out. One query.
 */
export async function listProviderExpiries(db: Kysely<Schema>): Promise<ProviderExpiry[]> {
  const { rows } = await sql<ProviderExpiry>`
    SELECT * FROM (
      SELECT cloud_providers.id AS "cloudProviderId", name, CASE
        WHEN bool_or(works_since IS NOT NULL AND ends_at IS NULL) THEN NULL
        ELSE coalesce(max(ends_at) FILTER (WHERE works_since IS NOT NULL),
          max(ends_at) FILTER (WHERE refused_since IS NOT NULL)) END AS "expiresAt"
      FROM provider_credentials JOIN cloud_providers ON cloud_providers.id = cloud_provider_id
      GROUP BY cloud_providers.id) AS provider
    WHERE "expiresAt" IS NOT NULL`.execute(db)
  return rows
}
