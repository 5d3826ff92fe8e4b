import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import type { DiscardedTo, Presence } from '../stored/conversation.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import type { Known } from './known-message.ts'

/**
 * Presence of a message after it was met in a folder: `elsewhere` when none of its folders is synchronized. It counts as
 * discarded if it has no folder other than Junk and Deleted Items.
 */
export async function locate(
  tx: Tx,
  account: FilingAccount,
  id: StoredMessageId,
  folderRemoteId: string,
): Promise<{ presence: Presence; to: DiscardedTo | null }> {
  const { rows } = await sql<{ presence: Presence; to: DiscardedTo | null }>`
    SELECT CASE WHEN count(*) > 0 THEN 'present' ELSE 'elsewhere' END AS presence,
      CASE WHEN count(*) = 0 THEN (SELECT role FROM folders
          WHERE email_account_id = ${account.id} AND remote_id = ${folderRemoteId} AND role IN ('junk', 'trash'))
        WHEN bool_and(coalesce(role, '') IN ('junk', 'trash')) THEN min(role) END AS to
    FROM message_locations JOIN folders ON folders.id = folder_id WHERE message_id = ${id}`.execute(tx)
  return rows[0]!
}

/** Saves the presence of a message, with an event when it is gone or has returned. */
export async function setPresence(
  tx: Tx,
  { clock, events }: { clock: Clock; events: Events },
  account: FilingAccount,
  known: Known,
  presence: Presence,
): Promise<void> {
  if (known.presence === presence) return
  await tx.updateTable('messages').set({ presence }).where('id', '=', known.id).execute()
  const kind = presence === 'gone' ? 'message.removed' : known.presence === 'gone' ? 'message.restored' : undefined
  if (!kind) return
  await events.append(tx, {
    kind,
    emailAccountId: known.owner_id,
    subjectId: known.id,
    payload: { conversationId: known.conversation_id },
    at: clock.now(),
  })
}
