import type { Tx } from '../database/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, GrantId } from '../kernel/ids.ts'
import type { SignedInGrant } from '../tokens/index.ts'
import { type BackupDeps, type BackupSignIns, CHECK_EVERY_MS } from './backup-sign-ins.ts'

/** Delay in milliseconds after a transient error. Also the lease of a check, during which other processes skip it. */
const RETRY_AFTER_MS = 60 * 60 * 1000
const MAX_CHECKS_AT_ONCE = 20

/** Checks whether backup sign-ins can still open their mailboxes: daily, on request, and after a sign-in. */
export function createBackupChecks(deps: BackupDeps & { backups: Pick<BackupSignIns, 'takeOverIfEnded' | 'restore'> }) {
  const { database, clock, events, store, preflights, emailAccounts, backups } = deps
  const after = (ms: number): Date => new Date(clock.now().getTime() + ms)

  /**
   * Checks the backup of an account. After a transient error the check is repeated within the hour.
   *
   * @throws {AppError} `email_accounts.no_backup_sign_in`
   */
  async function check(id: EmailAccountId): Promise<EmailAccount> {
    const account = await emailAccounts.get(id)
    const { backupSignIn } = account
    if (!backupSignIn) throw new AppError('email_accounts.no_backup_sign_in')
    const checked = await preflights.run({ ...account, principal: { kind: 'grant', grantId: backupSignIn.grantId } })
    const reads = checked.checks.find(({ what }) => what === 'reads')
    const error = preflights.troubleOf(checked)
    const isConclusive = error ? error.remedy !== 'wait' : reads?.outcome === 'ok'
    await database.transaction(async (tx) => {
      const held = await store.hold(tx, id)
      if (held.backupSignIn?.grantId !== backupSignIn.grantId) return
      if (!isConclusive) return store.scheduleCheck(tx, id, after(RETRY_AFTER_MS))
      await store.recordCheck(tx, id, { reason: error?.code, nextCheckAt: after(CHECK_EVERY_MS) })
      if (error?.code === held.backupSignIn.reason?.code) return
      await events.append(tx, {
        kind: 'email_account.backup_sign_in_changed',
        emailAccountId: id,
        subjectId: id,
        payload: { by: 'postkey', reason: error?.code ?? null },
        at: clock.now(),
      })
    })
    await backups.takeOverIfEnded(id)
    return emailAccounts.get(id)
  }

  /**
   * Checks all due backups. Each is claimed by one process. A failed check does not block the others, and is due again
   * when its lease expires.
   *
   * Cost: one query, and one more statement per due check.
   */
  async function checkDue(grantId?: GrantId): Promise<void> {
    const due = await store.listDueChecks(MAX_CHECKS_AT_ONCE, grantId)
    await Promise.allSettled(
      due.map(async (id) => {
        if (await store.claimCheck(id, after(RETRY_AFTER_MS))) await check(id)
      }),
    )
  }

  /**
   * Handles a renewed grant: restores the principal that a backup has replaced, and makes the check of a backup due.
   */
  async function grantRenewed(tx: Tx, grant: SignedInGrant): Promise<void> {
    for (const { id, replaced } of await store.holdByBackup(tx, grant.id)) {
      if (replaced === grant.id) await backups.restore(tx, id, grant)
      else if (replaced === undefined) await store.scheduleCheck(tx, id, clock.now())
    }
  }

  return { check, checkDue, grantRenewed }
}
