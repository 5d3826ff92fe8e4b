import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { FolderRole } from '../../mail/index.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import type { FolderPlace } from './met-message.ts'

/** The folder of a message, when it is synchronized or watched. */
export async function findPlace(
  tx: Tx,
  account: FilingAccount,
  folderRemoteId: string,
): Promise<FolderPlace | undefined> {
  return (await findPlaces(tx, account, [{ folderRemoteId }])).get(folderRemoteId)
}

export async function findPlaces(
  tx: Tx,
  account: FilingAccount,
  messages: readonly { folderRemoteId: string }[],
): Promise<Map<string, FolderPlace>> {
  const remoteIds = [...new Set(messages.map(({ folderRemoteId }) => folderRemoteId))]
  if (remoteIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('folders')
    .innerJoin('folder_sync_states', 'folder_id', 'folders.id')
    .select(['id', 'remote_id', 'role', 'cursor_round'])
    .select(sql<boolean>`EXISTS (SELECT FROM erased_addresses)`.as('has_erasures'))
    .where('email_account_id', '=', account.id)
    .where('remote_id', 'in', remoteIds)
    // Junk may be watched without being synchronized.
    .where(
      sql<boolean>`(synced OR role = 'junk' AND (SELECT watches_junk FROM email_accounts WHERE id = ${account.id}))`,
    )
    .execute()
  return new Map(
    rows.map((row) => [
      row.remote_id,
      {
        ...{ id: row.id, role: (row.role ?? undefined) as FolderRole | undefined },
        ...{ round: row.cursor_round, hasErasures: row.has_erasures },
      },
    ]),
  )
}
