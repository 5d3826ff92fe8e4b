import { sql } from 'kysely'
import type { Database, Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { Principal } from '../transports/index.ts'
import { createAccountChanges } from './account-changes.ts'
import type { AuditLog } from '../audit/index.ts'
import type { EmailAccount } from './email-account.ts'
import { createLifecycle } from './lifecycle.ts'
import { NO_BACKUP, principalColumns } from './principal-columns.ts'
import type { SyncStates } from './sync-states.ts'

const GRANT_COLUMNS = ['grant_id', 'first_grant_id', 'stand_by_grant_id'] as const

/**
 * Principals and backup sign-ins of email accounts, as stored in `email_accounts`. The room `principals` decides about
 * them and writes only through this port.
 */
export interface PrincipalStore {
  /** Locks the account until the end of the transaction. */
  hold(tx: Tx, id: EmailAccountId): Promise<EmailAccount>
  /**
   * Sets the principal. `insteadOf` is the grant that a backup replaces. Cursors and mail remain, so that nothing is
   * read twice.
   */
  setPrincipal(
    tx: Tx,
    id: EmailAccountId,
    principal: Principal,
    options: { insteadOf: GrantId | undefined; dropBackup: boolean },
  ): Promise<void>
  /** Takes the account out of a state that needs a sign-in and interrupts its worker, which starts again. */
  reopen(tx: Tx, account: EmailAccount): Promise<void>
  /** Sets a backup sign-in that has just been checked, or removes it. */
  setBackup(tx: Tx, id: EmailAccountId, backup: { grantId: GrantId; nextCheckAt: Date } | undefined): Promise<void>
  /** Records the outcome of a check: `reason` is undefined when the backup can open the mailbox. */
  recordCheck(tx: Tx, id: EmailAccountId, check: { reason: ErrorCode | undefined; nextCheckAt: Date }): Promise<void>
  scheduleCheck(tx: Tx, id: EmailAccountId, nextCheckAt: Date): Promise<void>
  /** Accounts with a due check, the longest overdue first. One query. */
  listDueChecks(limit: number, grantId?: GrantId): Promise<EmailAccountId[]>
  /**
   * Claims a due check until `nextCheckAt`; false when another process has claimed it. Waits for the row lock, so that
   * a worker of the account does not delay the check.
   */
  claimCheck(id: EmailAccountId, nextCheckAt: Date): Promise<boolean>
  /** Locks all accounts of a grant in a fixed order, so that two concurrent renewals cannot deadlock. */
  holdByGrant(tx: Tx, grantId: GrantId): Promise<void>
  /** Locks the accounts with the grant as backup, and those whose backup has `replaced` the grant as principal. */
  holdByBackup(tx: Tx, grantId: GrantId): Promise<{ id: EmailAccountId; replaced: GrantId | undefined }[]>
}

export function createPrincipalStore(deps: {
  database: Database
  clock: Clock
  events: Events
  audit: AuditLog
  syncStates: SyncStates
}): PrincipalStore {
  const { database, clock } = deps
  const { db } = database
  const lifecycle = createLifecycle(deps)
  const { interrupt } = createAccountChanges({ ...deps, lifecycle })

  const isDue = () => sql<boolean>`stand_by_due_at <= ${clock.now()}`
  const update = (on: Tx | typeof db, id: EmailAccountId) => on.updateTable('email_accounts').where('id', '=', id)

  return {
    hold: lifecycle.hold,
    async setPrincipal(tx, id, principal, { insteadOf, dropBackup }) {
      const columns = { ...principalColumns(principal), first_grant_id: insteadOf ?? null }
      await update(tx, id)
        .set({ ...columns, ...(dropBackup && NO_BACKUP) })
        .execute()
    },
    async reopen(tx, { id, state }) {
      if (state !== 'paused') await lifecycle.move(tx, id, 'signed-in')
      await interrupt(tx, id)
      await database.notify(tx, 'sync', id)
    },
    async setBackup(tx, id, backup) {
      const columns = backup && {
        stand_by_grant_id: backup.grantId,
        stand_by_checked_at: clock.now(),
        stand_by_reason: null,
        stand_by_due_at: backup.nextCheckAt,
      }
      await update(tx, id)
        .set(columns ?? NO_BACKUP)
        .execute()
    },
    async recordCheck(tx, id, { reason, nextCheckAt }) {
      await update(tx, id)
        .set({ stand_by_checked_at: clock.now(), stand_by_reason: reason ?? null, stand_by_due_at: nextCheckAt })
        .execute()
    },
    async scheduleCheck(tx, id, nextCheckAt) {
      await update(tx, id).set({ stand_by_due_at: nextCheckAt }).execute()
    },
    async listDueChecks(limit, grantId) {
      const due = await db
        .selectFrom('email_accounts')
        .select('id')
        .where(isDue())
        .$if(grantId !== undefined, (query) => query.where('stand_by_grant_id', '=', grantId!))
        .orderBy('stand_by_due_at')
        .limit(limit)
        .execute()
      return due.map(({ id }) => id)
    },
    async claimCheck(id, nextCheckAt) {
      const claimed = await update(db, id).set({ stand_by_due_at: nextCheckAt }).where(isDue()).executeTakeFirst()
      return claimed.numUpdatedRows > 0n
    },
    async holdByGrant(tx, grantId) {
      await tx
        .selectFrom('email_accounts')
        .select('id')
        .where((eb) => eb.or(GRANT_COLUMNS.map((column) => eb(column, '=', grantId))))
        .orderBy('id')
        .forNoKeyUpdate()
        .execute()
    },
    async holdByBackup(tx, grantId) {
      const rows = await tx
        .selectFrom('email_accounts')
        .select(['id', 'first_grant_id'])
        .where((eb) => eb.or([eb('first_grant_id', '=', grantId), eb('stand_by_grant_id', '=', grantId)]))
        .orderBy('id')
        .forNoKeyUpdate()
        .execute()
      return rows.map(({ id, first_grant_id }) => ({ id, replaced: first_grant_id ?? undefined }))
    },
  }
}
