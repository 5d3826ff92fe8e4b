import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { lockAccount } from '../threading/account-lock.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { findPlaces } from './folder-places.ts'
import { storeDiscarded } from './discarded-mail.ts'
import { KNOWN } from './known-message.ts'
import { isLocatedAt, locateAll } from './message-locations.ts'
import { locate, setPresence } from './message-presence.ts'

/** A message that Postkey moved on the server. */
export interface OwnMove {
  messageId: StoredMessageId
  /** Its id before the move. */
  remoteId: string
  /** Its id after the move; undefined if the server did not report it. */
  newRemoteId: string | undefined
  fromRemoteId: string
  toRemoteId: string
}

/**
 * Stores the new folders of messages that Postkey moved, so that sync meets known messages there. Without it, a message
 * in a folder that is not synced would look deleted where a move changes its id (IMAP).
 *
 * A move that sync has already stored changes nothing. A page that the server sent before the move may add the old folder
 * again, until the next page removes it.
 */
export function createOwnMoves(deps: { clock: Clock; events: Events }) {
  return async function recordMoves(tx: Tx, account: FilingAccount, moves: readonly OwnMove[]): Promise<void> {
    await lockAccount(tx, account)
    if (moves.length === 0) return
    const places = await findPlaces(tx, account, moves.map(({ toRemoteId }) => ({ folderRemoteId: toRemoteId }))) // prettier-ignore
    for (const { messageId, remoteId, newRemoteId, fromRemoteId, toRemoteId } of moves) {
      const known = await tx.selectFrom('messages').select(KNOWN).where('id', '=', messageId).executeTakeFirst()
      // Sync has met it elsewhere meanwhile.
      if (known?.remote_id !== remoteId) continue
      await tx
        .deleteFrom('message_locations')
        .where('message_id', '=', messageId)
        .where('remote_id', '=', remoteId)
        .where(
          sql<boolean>`folder_id IN (SELECT id FROM folders
            WHERE email_account_id = ${account.id} AND folders.remote_id = ${fromRemoteId})`,
        )
        .execute()
      const place = places.get(toRemoteId)
      if (newRemoteId === undefined) {
        // Sync looks for it, in the folder of its move too.
        await setPresence(tx, deps, account, known, 'unconfirmed')
        continue
      }
      const isMet = newRemoteId !== remoteId && (await isLocatedAt(tx, messageId, newRemoteId))
      if (newRemoteId !== remoteId) {
        await tx.updateTable('messages').set({ remote_id: newRemoteId }).where('id', '=', messageId).execute()
      }
      if (place) await locateAll(tx, [{ place, remoteId: newRemoteId, messageId }])
      const { presence, to } = await locate(tx, account, messageId, toRemoteId)
      if (to !== known.discarded_to) await storeDiscarded(tx, messageId, to)
      // Sync met it as a second copy, whose flags were ignored, so it looks it up.
      await setPresence(tx, deps, account, known, isMet ? 'unconfirmed' : presence)
    }
  }
}
