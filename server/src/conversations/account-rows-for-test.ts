import type { Database } from '../database/index.ts'
import { newId, type CloudProviderId, type EmailAccountId, type FolderId, type GrantId } from '../kernel/ids.ts'

/** For tests: an email account with the rows that it refers to, and folders that are read. */
export async function insertAccount(
  { db }: Database,
  { id, address, now }: { id: EmailAccountId; address: string; now: Date },
): Promise<void> {
  const [providerId, grantId] = [newId<CloudProviderId>(), newId<GrantId>()]
  await db
    .insertInto('encryption_keys')
    .values({ key_id: 'k', check_value: Buffer.from(''), created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await db
    .insertInto('cloud_providers')
    .values({
      id: providerId,
      name: 'Contoso',
      service: 'microsoft-azure',
      type: 'outlook365',
      cloud: 'global',
      account_types: 'single-tenant',
      tenant_id: 'tenant',
      client_id: providerId,
      contact: 'admin@contoso.example',
      state_since: now,
      created_at: now,
    })
    .execute()
  await db
    .insertInto('grants')
    .values({
      id: grantId,
      cloud_provider_id: providerId,
      tenant_id: 'tenant',
      object_id: grantId,
      user_name: 'ben@contoso.example',
      display_name: 'Ben',
      scopes_wanted: [],
      scopes_granted: [],
      refresh_token: Buffer.from(''),
      key_id: 'k',
      refresh_token_at: now,
      created_at: now,
    })
    .execute()
  await db
    .insertInto('email_accounts')
    .values({
      id,
      key: id.slice(-5).toUpperCase(),
      name: 'Support',
      address,
      kind: 'user',
      contact: 'admin@contoso.example',
      cloud_provider_id: providerId,
      grant_id: grantId,
      receives_by: 'graph',
      sends_by: 'graph',
      import_from: now,
      state: 'connected',
      state_since: now,
      due_at: now,
      created_at: now,
    })
    .execute()
  for (const role of ['inbox', 'sent', 'archive', 'drafts']) {
    await db
      .insertInto('folders')
      .values({ id: newId<FolderId>(), email_account_id: id, remote_id: role, name: role, role, synced: true })
      .execute()
  }
}
