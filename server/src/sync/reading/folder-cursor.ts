import type { Database } from '../../database/index.ts'
import type { FolderId } from '../../kernel/ids.ts'
import type { Cursor } from '../../transports/index.ts'

/** Stored cursor of a folder; undefined if it has to be read from the start. One query. */
export async function readCursor({ db }: Pick<Database, 'db'>, id: FolderId): Promise<Cursor | undefined> {
  const row = await db.selectFrom('folder_sync_states').select('cursor').where('folder_id', '=', id).executeTakeFirst()
  return (row?.cursor as Cursor | null | undefined) ?? undefined
}
