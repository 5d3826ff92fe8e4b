import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { createDiscardedMail, listMovedBetween } from './discarded-mail.ts'
import type { MoveHook } from './filing-hooks.ts'
import { KNOWN } from './known-message.ts'
import type { Match } from './known-lookup.ts'
import { setPresence } from './message-presence.ts'
import type { FolderPlace, MetMessage } from './met-message.ts'

/** A message with a folder and its id there. */
interface LocatedMessage {
  place: FolderPlace
  remoteId: string
  messageId: StoredMessageId
}

/** Saves where messages are. An id of a folder belongs to one message. */
export async function locateAll(tx: Tx, located: readonly LocatedMessage[]): Promise<void> {
  if (located.length === 0) return
  await sql`
    INSERT INTO message_locations (folder_id, remote_id, message_id, round)
    SELECT * FROM unnest(${located.map(({ place }) => place.id)}::uuid[],
      ${located.map(({ remoteId }) => remoteId)}::text[], ${located.map(({ messageId }) => messageId)}::uuid[],
      ${located.map(({ place }) => place.round)}::integer[])
    ON CONFLICT (folder_id, remote_id) DO UPDATE SET message_id = excluded.message_id, round = excluded.round`.execute(
    tx,
  )
}

/** Marks unchanged messages as met in the current round of their folders. */
export async function confirmLocations(tx: Tx, unchanged: readonly { met: MetMessage; match: Match }[]): Promise<void> {
  const late = unchanged.filter(({ met, match }) => met.place!.round !== match.round)
  await locateAll(
    tx,
    late.map(({ met, match }) => ({
      place: met.place!,
      remoteId: met.message.remoteId,
      messageId: match.known.id,
    })),
  )
}

/** True if a message has this id in a folder. */
export async function isLocatedAt(tx: Tx, messageId: StoredMessageId, remoteId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('message_locations')
    .select('folder_id')
    .where('message_id', '=', messageId)
    .where('remote_id', '=', remoteId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Removes messages from folders. */
export function createLocationRemoval(deps: { clock: Clock; events: Events; moveHooks: readonly MoveHook[] }) {
  const discarded = createDiscardedMail(deps)

  async function removeFromFolder(tx: Tx, account: FilingAccount, place: FolderPlace, remoteId: string): Promise<void> {
    const left = await tx
      .deleteFrom('message_locations')
      .where('folder_id', '=', place.id)
      .where('remote_id', '=', remoteId)
      .returning('message_id')
      .execute()
    await updateAfterRemoval(
      tx,
      account,
      left.map(({ message_id: id }) => id),
      { looksUp: true },
    )
  }

  /** @returns the number of messages that are no longer in this folder */
  async function removeUnmet(tx: Tx, account: FilingAccount, place: FolderPlace): Promise<number> {
    const left = await tx
      .deleteFrom('message_locations')
      .where('folder_id', '=', place.id)
      .where('round', '<', place.round)
      .returning('message_id')
      .execute()
    const ids = left.map(({ message_id: id }) => id)
    // Too many to look up one by one.
    await updateAfterRemoval(tx, account, ids, { looksUp: false })
    // After a change of UIDVALIDITY (RFC 9051 §2.3.1.1), messages are met again under other UIDs.
    const { rows } = await sql<{ n: number }>`SELECT count(*)::integer AS n FROM unnest(${ids}::uuid[]) AS id
      WHERE NOT EXISTS (SELECT FROM message_locations WHERE message_id = id AND folder_id = ${place.id})`.execute(tx)
    return rows[0]!.n
  }

  /**
   * A message in another folder gets its id there. It was met there as a second copy, whose flags were ignored, so it is
   * looked up. Without a folder, its presence has to be confirmed.
   */
  async function updateAfterRemoval(
    tx: Tx,
    account: FilingAccount,
    ids: readonly StoredMessageId[],
    { looksUp }: { looksUp: boolean },
  ): Promise<void> {
    if (ids.length === 0) return
    await sql`UPDATE messages SET remote_id = place.remote_id,
        presence = CASE WHEN ${looksUp} AND presence = 'present' THEN 'unconfirmed' ELSE presence END
      FROM (SELECT DISTINCT ON (message_id) message_id, remote_id FROM message_locations
        WHERE message_id = ANY(${ids}::uuid[]) ORDER BY message_id, round DESC, remote_id) place
      WHERE messages.id = place.message_id AND NOT EXISTS (SELECT FROM message_locations
        WHERE message_id = messages.id AND remote_id = messages.remote_id)`.execute(tx)
    for (const { id, to } of await listMovedBetween(tx, ids)) {
      const known = await tx.selectFrom('messages').select(KNOWN).where('id', '=', id).executeTakeFirstOrThrow()
      await discarded.recordMove(tx, account, known, to)
    }
    const nowhere = await tx
      .selectFrom('messages')
      .select(KNOWN)
      .where(sql<boolean>`id = ANY(${ids}::uuid[])`)
      .where(sql<boolean>`NOT EXISTS (SELECT FROM message_locations WHERE message_id = messages.id)`)
      .execute()
    for (const known of nowhere) await setPresence(tx, deps, account, known, 'unconfirmed')
  }

  return { removeFromFolder, removeUnmet }
}
