import { sql } from 'kysely'
import type { SyncStates } from '../email-accounts/index.ts'

/** Creates and changes the rows of `sync` when `email-accounts` creates and changes its own. */
export function createSyncStates(): SyncStates {
  return {
    ofFolder: sql`(SELECT jsonb_build_object('imported', imported, 'importedCount', imported_count,
        'completeUpTo', complete_up_to)
      FROM folder_sync_states WHERE folder_id = folders.id)`,

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
