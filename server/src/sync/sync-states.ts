import { sql } from 'kysely'
import type { SyncStates } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'

/**
 * Completeness of a folder, in a statement with its state and that of its account. Runs without news store that of the
 * account alone, which then holds for each synced folder without missing messages.
 */
export const completeUpToOfFolder = sql<Date | null>`CASE
  WHEN folders.synced AND missed_ids = '{}' AND folder_sync_states.complete_up_to IS NOT NULL
  THEN greatest(folder_sync_states.complete_up_to, account_sync_states.complete_up_to)
  ELSE folder_sync_states.complete_up_to END`

/** Creates and changes the rows of `sync` when `email-accounts` creates and changes its own. */
export function createSyncStates({ clock }: { clock: Clock }): SyncStates {
  return {
    ofAccount: sql`(SELECT jsonb_build_object('dueAt', due_at, 'attempts', attempts, 'nextTryAt', next_try_at,
        'push', push, 'pushReason', push_reason, 'completeUpTo', complete_up_to,
        'lastReceivedAt', last_received_at, 'lastSentAt', last_sent_at)
      FROM account_sync_states WHERE email_account_id = email_accounts.id)`,
    ofFolder: sql`(SELECT jsonb_build_object('imported', imported, 'importedCount', imported_count,
        'completeUpTo', ${completeUpToOfFolder})
      FROM folder_sync_states, account_sync_states
      WHERE folder_id = folders.id AND account_sync_states.email_account_id = folders.email_account_id)`,

    async addAccount(tx, id) {
      await tx.insertInto('account_sync_states').values({ email_account_id: id, due_at: clock.now() }).execute()
    },
    async interrupt(tx, id) {
      await tx
        .updateTable('account_sync_states')
        .set((eb) => ({ fence: eb('fence', '+', 1), wakes: eb('wakes', '+', 1), due_at: clock.now() }))
        .where('email_account_id', '=', id)
        .execute()
    },
    async makeDue(tx, ids) {
      if (ids.length === 0) return
      await tx
        .updateTable('account_sync_states')
        .set((eb) => ({ wakes: eb('wakes', '+', 1), due_at: clock.now() }))
        .where('email_account_id', 'in', [...ids])
        .execute()
    },
    async recordSignal(tx, id, { isFailure, isUpToDate, nextTryAt }) {
      await tx
        .updateTable('account_sync_states')
        .set((eb) => ({
          attempts: isFailure ? eb('attempts', '+', 1) : 0,
          next_try_at: nextTryAt ?? null,
          ...(isUpToDate && { last_read_at: clock.now() }),
        }))
        .where('email_account_id', '=', id)
        .execute()
    },

    async limitCompleteness(tx, id) {
      await sql`UPDATE account_sync_states SET complete_up_to = least(complete_up_to,
          (SELECT folder.complete_up_to FROM folder_sync_states AS folder WHERE folder_id = ${id}))
        WHERE email_account_id = (SELECT email_account_id FROM folders WHERE id = ${id})`.execute(tx)
    },

    async addFolders(tx, ids) {
      if (ids.length === 0) return
      const rows = ids.map((folder_id) => ({ folder_id }))
      await tx.insertInto('folder_sync_states').values(rows).execute()
    },
    async importAgain(tx, ids) {
      if (ids.length === 0) return
      await tx
        .updateTable('folder_sync_states')
        .set({ cursor: null, rereading: false, imported: false, imported_count: 0 })
        .where('folder_id', 'in', [...ids])
        .execute()
    },
    async readAgain(tx, id) {
      await tx
        .updateTable('folder_sync_states')
        .set({ cursor: null, rereading: false, missed_ids: [], reread_at: null })
        .where('folder_id', '=', id)
        .execute()
    },
  }
}
