import type { Database } from '../../src/database/index.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { newId, type CloudProviderId, type EmailAccountId, type FolderId, type GrantId } from '../../src/kernel/ids.ts'
import { MICROSOFT } from '../../src/kernel/mail-services.ts'

export interface StoredGrant {
  cloudProviderId: CloudProviderId
  grantId: GrantId
}

export interface StoredEmailAccount extends StoredGrant {
  id: EmailAccountId
}

interface WantedEmailAccount {
  cloud?: string
  address?: string
  kind?: 'user' | 'shared'
  /** Existing folders, and whether they are synced. */
  folders?: readonly { role: string; remoteId?: string; synced: boolean }[]
}

let stored = 0

/**
 * Stores a grant and its cloud provider as rows, or another grant of a given cloud provider. The grant can't open a
 * mailbox: it holds no token.
 */
export async function storeGrant(
  { db }: Pick<Database, 'db'>,
  clock: Clock,
  {
    cloud = 'nowhere',
    cloudProviderId = newId<CloudProviderId>(),
  }: { cloud?: string; cloudProviderId?: CloudProviderId } = {},
): Promise<StoredGrant> {
  const now = clock.now()
  const grantId = newId<GrantId>()
  await db
    .insertInto('encryption_keys')
    .values({ key_id: 'stored', check_value: Buffer.alloc(1), created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await db
    .insertInto('cloud_providers')
    .values({
      id: cloudProviderId,
      name: `Contoso ${cloudProviderId}`,
      ...MICROSOFT,
      cloud,
      account_types: 'single-tenant',
      tenant_id: newId(),
      client_id: newId(),
      contact: 'admin@contoso.example',
      state_since: now,
      worked_at: now,
      created_at: now,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  await db
    .insertInto('grants')
    .values({
      id: grantId,
      cloud_provider_id: cloudProviderId,
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
  return { cloudProviderId, grantId }
}

/** Stores a mailbox with its grant and cloud provider as rows, for tests that need existing rows. */
export async function storeEmailAccount(
  database: Pick<Database, 'db'>,
  clock: Clock,
  { cloud, address, kind = 'shared', folders = [] }: WantedEmailAccount = {},
): Promise<StoredEmailAccount> {
  const now = clock.now()
  const number = ++stored
  const grant = await storeGrant(database, clock, { ...(cloud !== undefined && { cloud }) })
  const id = newId<EmailAccountId>()
  await database.db
    .insertInto('email_accounts')
    .values({
      id,
      key: number.toString(36).toUpperCase().padStart(4, '0'),
      name: `Mailbox ${number}`,
      address: address ?? `mailbox${number}@contoso.example`,
      kind,
      contact: 'admin@contoso.example',
      cloud_provider_id: grant.cloudProviderId,
      grant_id: grant.grantId,
      receives_by: 'graph',
      sends_by: 'graph',
      import_from: now,
      state: 'connected',
      state_since: now,
      created_at: now,
    })
    .execute()
  await database.db.insertInto('account_sync_states').values({ email_account_id: id, due_at: now }).execute()
  for (const { role, remoteId = role, synced } of folders) {
    await storeFolder(database, { emailAccountId: id, remoteId, name: role, role, synced })
  }
  return { id, ...grant }
}

/** Stores a folder and its sync state as rows. */
export async function storeFolder(
  { db }: Pick<Database, 'db'>,
  folder: { emailAccountId: EmailAccountId; remoteId: string; name: string; role?: string; synced: boolean },
): Promise<FolderId> {
  const id = newId<FolderId>()
  const { emailAccountId, remoteId, name, role, synced } = folder
  await db
    .insertInto('folders')
    .values({ id, email_account_id: emailAccountId, remote_id: remoteId, name, role: role ?? null, synced })
    .execute()
  await db.insertInto('folder_sync_states').values({ folder_id: id }).execute()
  return id
}
