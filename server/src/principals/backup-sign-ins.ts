/**
 * Backup sign-ins: the grant that opens a shared mailbox when that of the principal ends.
 *
 * 1. Only a user of the same organization whose grant has opened the mailbox becomes the backup; `backup-checks.ts`
 *    repeats that check once a day.
 * 2. When Microsoft ends the grant of the principal, the backup takes over in the transaction that records the failure.
 *    The account is then degraded, with the reason that it runs on its backup.
 * 3. The principal returns as soon as that user signs in again; or an admin makes the backup the principal.
 */
import type { Database, Tx } from '../database/index.ts'
import type { AuditLog } from '../audit/index.ts'
import type { EmailAccount, EmailAccounts, Preflights, PrincipalStore } from '../email-accounts/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { GrantSummary, SignedInGrant } from '../tokens/index.ts'
import type { Principal } from '../transports/index.ts'
import { type ChangePrincipal, requireReadable } from './principal-change.ts'

export const CHECK_EVERY_MS = 24 * 60 * 60 * 1000

export interface BackupDeps {
  database: Database
  clock: Clock
  events: Events
  audit: AuditLog
  store: PrincipalStore
  preflights: Preflights
  changePrincipal: ChangePrincipal
  grants: { get(id: GrantId): Promise<GrantSummary> }
  emailAccounts: Pick<EmailAccounts, 'get'>
}

export type BackupSignIns = ReturnType<typeof createBackupSignIns>

const needsSignIn = ({ state }: GrantSummary): boolean => state === 'needs-sign-in'

export function createBackupSignIns(deps: BackupDeps) {
  const { database, clock, events, audit, store, preflights, changePrincipal, grants, emailAccounts } = deps
  const { get } = emailAccounts

  /**
   * Sets a backup sign-in after checking that it can open the mailbox.
   *
   * @throws {AppError} `email_accounts.backup_sign_in_unfit`, `email_accounts.cannot_be_opened`, any transient error
   */
  async function choose(id: EmailAccountId, grantId: GrantId, actor: string): Promise<EmailAccount> {
    const account = await get(id)
    await requireEligible(account, await grants.get(grantId))
    requireReadable(await preflights.run({ ...account, principal: byGrant(grantId) }))
    await database.transaction(async (tx) => {
      const held = await store.hold(tx, id)
      if (held.backupSignIn?.insteadOf) throw new AppError('email_accounts.backup_sign_in_at_work')
      await store.setBackup(tx, id, { grantId, nextCheckAt: new Date(clock.now().getTime() + CHECK_EVERY_MS) })
      await recordChange(tx, held, grantId, actor)
    })
    await takeOverIfEnded(id)
    return get(id)
  }

  async function remove(id: EmailAccountId, actor: string): Promise<EmailAccount> {
    await database.transaction(async (tx) => {
      const held = await store.hold(tx, id)
      if (!held.backupSignIn) return
      if (held.backupSignIn.insteadOf) throw new AppError('email_accounts.backup_sign_in_at_work')
      await store.setBackup(tx, id, undefined)
      await recordChange(tx, held, undefined, actor)
    })
    return get(id)
  }

  async function recordChange(
    tx: Tx,
    { id, backupSignIn }: EmailAccount,
    grantId: GrantId | undefined,
    actor: string,
  ): Promise<void> {
    const from = backupSignIn && (await grants.get(backupSignIn.grantId)).userName
    const to = grantId && (await grants.get(grantId)).userName
    await audit.record(tx, { actor, action: 'email_account.backup_sign_in_changed', subject: id, detail: { from, to } })
    await events.append(tx, {
      kind: 'email_account.backup_sign_in_changed',
      emailAccountId: id,
      subjectId: id,
      payload: { by: actor, from, to },
      at: clock.now(),
    })
  }

  async function requireEligible(account: EmailAccount, backup: GrantSummary): Promise<void> {
    if (account.kind !== 'shared' || account.principal.kind !== 'grant') {
      throw new AppError('email_accounts.backup_sign_in_not_needed')
    }
    const first = await grants.get(account.backupSignIn?.insteadOf ?? account.principal.grantId)
    const isEligible =
      backup.id !== first.id &&
      backup.cloudProviderId === first.cloudProviderId &&
      backup.tenantId === first.tenantId &&
      !needsSignIn(backup)
    if (!isEligible) throw new AppError('email_accounts.backup_sign_in_unfit')
  }

  /** Runs in the transaction that records the failure. True when the account continues with its backup. */
  async function takeOver(tx: Tx, id: EmailAccountId): Promise<boolean> {
    const account = await store.hold(tx, id)
    const { backupSignIn, principal, state } = account
    if (
      !backupSignIn ||
      backupSignIn.insteadOf ||
      backupSignIn.reason ||
      principal.kind !== 'grant' ||
      state === 'paused'
    )
      return false
    if (needsSignIn(await grants.get(backupSignIn.grantId))) return false
    await changePrincipal(tx, account, {
      to: byGrant(backupSignIn.grantId),
      insteadOf: principal.grantId,
      why: 'backup-took-over',
      actor: 'postkey',
    })
    return true
  }

  /** Lets the backup take over an account that already needs a sign-in. */
  async function takeOverIfEnded(id: EmailAccountId): Promise<void> {
    const { principal, state } = await get(id)
    if (state !== 'needs-sign-in' || principal.kind !== 'grant') return
    if (!needsSignIn(await grants.get(principal.grantId))) return
    await database.transaction((tx) => takeOver(tx, id))
  }

  /** Makes the backup the permanent principal. */
  async function promote(id: EmailAccountId, actor: string): Promise<EmailAccount> {
    await database.transaction(async (tx) => {
      const account = await store.hold(tx, id)
      if (!account.backupSignIn?.insteadOf) throw new AppError('email_accounts.backup_sign_in_not_at_work')
      await changePrincipal(tx, account, {
        to: byGrant(account.backupSignIn.grantId),
        why: 'backup-made-principal',
        actor,
      })
    })
    return get(id)
  }

  /** Restores the principal whose grant was renewed. The caller holds the account's row. */
  async function restore(tx: Tx, id: EmailAccountId, { id: grantId, ...user }: SignedInGrant): Promise<void> {
    const change = { to: byGrant(grantId), user, why: 'first-is-back', actor: 'postkey' } as const
    await changePrincipal(tx, await store.hold(tx, id), change)
  }

  return { choose, remove, takeOver, takeOverIfEnded, promote, restore }
}

function byGrant(grantId: GrantId): Principal {
  return { kind: 'grant', grantId }
}
