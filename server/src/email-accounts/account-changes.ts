import { sql } from 'kysely'
import type { AuditAction, AuditContent } from '../audit/index.ts'
import type { Database, Tx } from '../database/index.ts'
import { createBatches } from '../kernel/batches.ts'
import { AppError } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId } from '../kernel/ids.ts'
import { uniquely } from './account-keys.ts'
import type { EmailAccountsDeps } from './deps.ts'
import type { EmailAccount } from './email-account.ts'
import type { Lifecycle } from './lifecycle.ts'
import { toEmailAccount } from './rows.ts'

type AccountAction = AuditContent<AuditAction & `email_account.${string}`> & { actor: string }

export interface AccountFilter {
  emailAccountIds?: readonly EmailAccountId[] | 'all'
  cloudProviderId?: CloudProviderId
}

export type AccountChanges = ReturnType<typeof createAccountChanges>

/** Dependencies of reading accounts. */
export type AccountReading = Pick<EmailAccountsDeps, 'syncStates'> & { database: Pick<Database, 'db'> }

/** Lists email accounts by name. Needs no other room, so rooms below `email-accounts` can receive it as a parameter. */
export async function readEmailAccounts(
  { database: { db }, syncStates }: AccountReading,
  { emailAccountIds = 'all', cloudProviderId }: AccountFilter = {},
): Promise<EmailAccount[]> {
  if (emailAccountIds !== 'all' && emailAccountIds.length === 0) return []
  let query = db.selectFrom('email_accounts').selectAll().select(syncStates.ofAccount.as('sync_state'))
  if (emailAccountIds !== 'all') query = query.where('id', 'in', [...emailAccountIds])
  if (cloudProviderId !== undefined) query = query.where('cloud_provider_id', '=', cloudProviderId)
  const rows = await query.orderBy('name').orderBy('id').execute()
  return rows.map(toEmailAccount)
}

/** Reads accounts, and changes an account while its row is locked. */
export function createAccountChanges({
  database,
  audit,
  syncStates,
  lifecycle,
}: Pick<EmailAccountsDeps, 'database' | 'audit' | 'syncStates'> & { lifecycle: Lifecycle }) {
  const { db } = database

  /** Concurrent callers share a read, which starts after their calls. */
  const readRow = createBatches(
    async (ids: readonly EmailAccountId[]) => {
      const rows = await db
        .selectFrom('email_accounts')
        .selectAll()
        .select(syncStates.ofAccount.as('sync_state'))
        .where(sql<boolean>`id = ANY(${[...new Set(ids)]}::uuid[])`)
        .execute()
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id))
    },
    { gathers: true },
  )

  async function get(id: EmailAccountId): Promise<EmailAccount> {
    const row = await readRow(id)
    if (!row) throw new AppError('email_accounts.not_found')
    return toEmailAccount(row)
  }

  async function getIn(on: Tx | typeof db, id: EmailAccountId): Promise<EmailAccount> {
    const row = await on
      .selectFrom('email_accounts')
      .selectAll()
      .select(syncStates.ofAccount.as('sync_state'))
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw new AppError('email_accounts.not_found')
    return toEmailAccount(row)
  }

  const list = (filter?: AccountFilter): Promise<EmailAccount[]> => readEmailAccounts({ database, syncStates }, filter)

  async function idsOfKeys(keys: readonly string[]): Promise<ReadonlyMap<string, EmailAccountId>> {
    const rows = await db
      .selectFrom('email_accounts')
      .select(['id', 'key'])
      .where(sql<boolean>`key = ANY(${[...keys]}::text[])`)
      .execute()
    return new Map(rows.map(({ id, key }) => [key, id]))
  }

  /** Changes a locked account and records the actor. */
  function change(
    id: EmailAccountId,
    { actor, ...content }: AccountAction,
    work: (tx: Tx, account: EmailAccount) => Promise<void>,
  ): Promise<EmailAccount> {
    return uniquely(async () => {
      await database.creation(async (tx) => {
        await work(tx, await lifecycle.hold(tx, id))
        await audit.record(tx, { ...content, actor, subject: id })
        await database.notify(tx, 'sync', id)
      })
      return get(id)
    })
  }

  /**
   * Interrupts work on the account: the next write of the worker fails, and the worker starts again with the changed
   * account.
   */
  function interrupt(tx: Tx, id: EmailAccountId): Promise<void> {
    return syncStates.interrupt(tx, id)
  }

  return { get, getIn, idsOfKeys, list, change, interrupt }
}
