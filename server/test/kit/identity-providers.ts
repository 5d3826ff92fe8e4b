import type { Database } from '../../src/database/index.ts'
import { newId } from '../../src/kernel/ids.ts'

/** Stores an enabled provider at which no sign-in is made. */
export async function storeIdentityProvider({ pool }: Pick<Database, 'pool'>): Promise<string> {
  const id = newId()
  await pool.query(
    `INSERT INTO identity_providers (id, name, kind, issuer, client_id, admission, admin_values, agent_values, domains,
       is_enabled, created_at, updated_at)
     VALUES ($1, 'Contoso', 'openid', 'https://login.contoso.example', 'client', 'invited', '{}', '{}', '{}', true, now(), now())`,
    [id],
  )
  return id
}

/** Links an identity of a new provider to a person. Returns the provider. */
export async function storeLinkedIdentity(database: Pick<Database, 'pool'>, personId: string): Promise<string> {
  const provider = await storeIdentityProvider(database)
  await database.pool.query(
    `INSERT INTO linked_identities (id, identity_provider_id, subject, user_id, user_name, admitted_by, linked_at)
     VALUES ($1, $2, $3, $4, 'jo', 'person', now())`,
    [newId(), provider, `issuer ${provider}`, personId],
  )
  return provider
}
