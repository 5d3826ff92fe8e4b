import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { newId, type CloudProviderId, type EmailAccountId, type GrantId } from '../kernel/ids.ts'

export interface StoredEmailAccount {
  id: EmailAccountId
  cloudProviderId: CloudProviderId
  grantId: GrantId
}

let stored = 0

/**
 * A mailbox with its grant and cloud provider as rows, for tests of what is done around them. Nothing opens it: the
 * refresh token is no token.
 */
export async function storeEmailAccount(
  { db }: Pick<Database, 'db'>,
  clock: Clock,
  { cloud = 'nowhere' }: { cloud?: string } = {},
): Promise<StoredEmailAccount> {
  const now = clock.now()
  const number = ++stored
  const account = {
    id: newId<EmailAccountId>(),
    cloudProviderId: newId<CloudProviderId>(),
    grantId: newId<GrantId>(),
  }
  await db
    .insertInto('encryption_keys')
    .values({ key_id: 'stored', check_value: Buffer.alloc(1), created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await db
    .insertInto('cloud_providers')
    .values({
      id: account.cloudProviderId,
      name: `Contoso ${number}`,
      service: 'microsoft-azure',
      type: 'outlook365',
      cloud,
      account_types: 'single-tenant',
      tenant_id: newId(),
      client_id: newId(),
      contact: 'admin@contoso.example',
      state_since: now,
      created_at: now,
    })
    .execute()
  await db
    .insertInto('grants')
    .values({
      id: account.grantId,
      cloud_provider_id: account.cloudProviderId,
      tenant_id: newId(),
      object_id: newId(),
      user_name: 'alex@contoso.example',
      display_name: 'Alex',
      scopes_wanted: [],
      scopes_granted: [],
      refresh_token: Buffer.alloc(1),
      key_id: 'stored',
      refresh_token_at: now,
      created_at: now,
    })
    .execute()
  await db
    .insertInto('email_accounts')
    .values({
      id: account.id,
      key: number.toString(36).toUpperCase().padStart(4, '0'),
      name: `Mailbox ${number}`,
      address: `mailbox${number}@contoso.example`,
      kind: 'shared',
      contact: 'admin@contoso.example',
      cloud_provider_id: account.cloudProviderId,
      grant_id: account.grantId,
      receives_by: 'graph',
      sends_by: 'graph',
      import_from: now,
      state: 'connected',
      state_since: now,
      due_at: now,
      created_at: now,
    })
    .execute()
  return account
}
