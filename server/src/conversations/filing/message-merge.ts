import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { isOfOtherRoad, type RemoteMessage, type SparseMessage } from '../../mail/index.ts'
import { crossOver, findCrossed } from './protocol-switch.ts'
import { createContentReplacement } from './content-replacement.ts'
import { findSame, recognize, replacedByOwnId } from './recognition.ts'
import type { Presence } from '../stored/conversation.ts'
import type { FiledMessage, FilingAccount } from '../conversations.ts'
import type { Met, Place } from './file-page.ts'
import { KNOWN, type Known } from './known-message.ts'
import { keepSourceOfKnown } from '../stored/message-sources.ts'
import { storable } from '../stored/storable.ts'

/** A message that we have already, and the round in which it was last met where it lies now. */
export interface Match {
  known: Known
  round: number | undefined
  /** The server replaced its content. */
  isReplaced: boolean
}

export type Merging = ReturnType<typeof createMerging>

/** What the server says of messages that we have: merged into them, never put in their place. */
export function createMerging({ clock, events }: { clock: Clock; events: Events }) {
  const replaceContent = createContentReplacement({ clock, events })

  /** By its id on the server, which is immutable, or as a copy of a message that we have. */
  async function findKnown(tx: Tx, account: FilingAccount, remoteId: string): Promise<Known | undefined> {
    const byId = await tx
      .selectFrom('messages')
      .select(KNOWN)
      .where('email_account_id', '=', account.id)
      .where('remote_id', '=', remoteId)
      .executeTakeFirst()
    if (byId) return byId
    return tx
      .selectFrom('message_locations')
      .innerJoin('messages', 'messages.id', 'message_locations.message_id')
      .select(KNOWN.map((column) => `messages.${column}` as const))
      .where('messages.email_account_id', '=', account.id)
      .where('message_locations.remote_id', '=', remoteId)
      .executeTakeFirst()
  }

  /** After its content was replaced. */
  async function knownAgain(tx: Tx, { id }: Known): Promise<Known> {
    return tx.selectFrom('messages').select(KNOWN).where('id', '=', id).executeTakeFirstOrThrow()
  }

  /**
   * As {@link findKnown} for a whole page, and by the keys, Message-IDs and bytes of messages, in three statements; two more
   * where one of those is known. A message with the key of a stored one and other content is a later version of it where
   * the server has the earlier content no more, and otherwise another one, to be stored by its content key.
   */
  async function findMatches(tx: Tx, account: FilingAccount, page: readonly Met[]): Promise<Map<Met, Match>> {
    const remoteIds = page.map(({ message }) => message.remoteId)
    const byId = await tx
      .selectFrom('messages')
      .select(KNOWN)
      .where('email_account_id', '=', account.id)
      .where(sql<boolean>`remote_id = ANY(${remoteIds})`)
      .execute()
    const byPlace = await tx
      .selectFrom('message_locations')
      .innerJoin('messages', 'messages.id', 'message_locations.message_id')
      .select(KNOWN.map((column) => `messages.${column}` as const))
      .select([
        'message_locations.remote_id as place_remote_id',
        'message_locations.folder_id',
        'message_locations.round',
      ])
      .where('messages.email_account_id', '=', account.id)
      .where(sql<boolean>`message_locations.remote_id = ANY(${remoteIds})`)
      .execute()
    const ids = new Map(byId.map((row) => [row.remote_id, row]))
    const places = new Map(byPlace.map((row) => [row.place_remote_id, row]))
    const strange = page.filter(({ message: { remoteId } }) => !ids.has(remoteId) && !places.has(remoteId))
    const recognized = await recognize(tx, account, strange)
    const replacedHere = await replacedByOwnId(tx, page, ids)
    const crossed = await findCrossed(tx, account, strange.filter((met) => !recognized.has(met))) // prettier-ignore

    const matches = new Map<Met, Match>()
    for (const met of page) {
      const { remoteId } = met.message
      const other = recognized.get(met)
      const known = ids.get(remoteId) ?? places.get(remoteId) ?? other?.known ?? crossed.get(met)
      const here = byPlace.find(
        (row) => row.place_remote_id === remoteId && row.folder_id === met.place?.id && row.id === known?.id,
      )
      const isReplaced = other?.isReplaced ?? replacedHere.has(met)
      if (known) matches.set(met, { known, round: here?.round, isReplaced })
    }
    return matches
  }

  /** What is where it was and as it was has been met in this round, too. */
  async function meetAgain(tx: Tx, unchanged: readonly { met: Met; match: Match }[]): Promise<void> {
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

  async function merge(
    tx: Tx,
    account: FilingAccount,
    before: Known,
    change: RemoteMessage | SparseMessage,
    place: Place | undefined,
  ): Promise<FiledMessage & { direction: 'in' | 'out' }> {
    let known = before
    if (!change.partial && isOfOtherRoad(before.remote_id, change.remoteId)) {
      await crossOver(tx, account, before, change)
      known = { ...before, remote_id: change.remoteId }
    }
    if (place) await locate(tx, place, change.remoteId, known.id)
    await setPresence(tx, account, known, await presenceAt(tx, known.id))
    if (!(await isSecondCopy(tx, known, change.remoteId))) await update(tx, account, known, change)
    if (!change.partial) await keepSourceOfKnown(tx, known.id, change)
    return { messageId: known.id, conversationId: known.conversation_id, created: false, direction: known.direction }
  }

  /** The message has another id in another place, too. What is marked at one copy is not marked at the other. */
  async function isSecondCopy(tx: Tx, known: Known, remoteId: string): Promise<boolean> {
    if (known.remote_id === remoteId) return false
    const first = await tx
      .selectFrom('message_locations')
      .select('folder_id')
      .where('message_id', '=', known.id)
      .where('remote_id', '=', known.remote_id)
      .limit(1)
      .executeTakeFirst()
    return first !== undefined
  }

  async function update(
    tx: Tx,
    account: FilingAccount,
    known: Known,
    change: RemoteMessage | SparseMessage,
  ): Promise<void> {
    await tx
      .updateTable('messages')
      .set({
        remote_id: change.remoteId,
        ...(change.hasAttachments === undefined ? {} : { has_attachments: change.hasAttachments }),
      })
      .where('id', '=', known.id)
      .execute()
    await setFlags(tx, account, known, flagsAfter(known, change))
  }

  async function locate(tx: Tx, place: Place, remoteId: string, messageId: StoredMessageId): Promise<void> {
    await locateAll(tx, [{ place, remoteId, messageId }])
  }

  /** Each id of a folder once. */
  async function locateAll(
    tx: Tx,
    located: readonly { place: Place; remoteId: string; messageId: StoredMessageId }[],
  ): Promise<void> {
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

  /** It left a folder. Another may tell of it later, or nobody: then it has to be asked for. */
  async function leave(tx: Tx, account: FilingAccount, place: Place, remoteId: string): Promise<void> {
    const left = await tx
      .deleteFrom('message_locations')
      .where('folder_id', '=', place.id)
      .where('remote_id', '=', remoteId)
      .returning('message_id')
      .execute()
    await unlocated(
      tx,
      account,
      left.map(({ message_id: id }) => id),
    )
  }

  /** How many are in this folder no more. */
  async function leaveUnmet(tx: Tx, account: FilingAccount, place: Place): Promise<number> {
    const left = await tx
      .deleteFrom('message_locations')
      .where('folder_id', '=', place.id)
      .where('round', '<', place.round)
      .returning('message_id')
      .execute()
    const ids = left.map(({ message_id: id }) => id)
    await unlocated(tx, account, ids)
    // Under another number they may have been met again (UIDVALIDITY, RFC 9051 §2.3.1.1).
    const { rows } = await sql<{ n: number }>`SELECT count(*)::integer AS n FROM unnest(${ids}::uuid[]) AS id
      WHERE NOT EXISTS (SELECT FROM message_locations WHERE message_id = id AND folder_id = ${place.id})`.execute(tx)
    return rows[0]!.n
  }

  /** What lies elsewhere too is called by the id that it has there; of the rest it is not known where it is. */
  async function unlocated(tx: Tx, account: FilingAccount, ids: readonly StoredMessageId[]): Promise<void> {
    if (ids.length === 0) return
    await sql`UPDATE messages SET remote_id = place.remote_id
      FROM (SELECT DISTINCT ON (message_id) message_id, remote_id FROM message_locations
        WHERE message_id = ANY(${ids}::uuid[]) ORDER BY message_id, round DESC, remote_id) place
      WHERE messages.id = place.message_id AND NOT EXISTS (SELECT FROM message_locations
        WHERE message_id = messages.id AND remote_id = messages.remote_id)`.execute(tx)
    const nowhere = await tx
      .selectFrom('messages')
      .select(KNOWN)
      .where(sql<boolean>`id = ANY(${ids}::uuid[])`)
      .where(sql<boolean>`NOT EXISTS (SELECT FROM message_locations WHERE message_id = messages.id)`)
      .execute()
    for (const known of nowhere) await setPresence(tx, account, known, 'unconfirmed')
  }

  async function presenceAt(tx: Tx, id: StoredMessageId): Promise<Presence> {
    const place = await tx
      .selectFrom('message_locations')
      .select('folder_id')
      .where('message_id', '=', id)
      .limit(1)
      .executeTakeFirst()
    return place ? 'present' : 'elsewhere'
  }

  async function setPresence(tx: Tx, account: FilingAccount, known: Known, presence: Presence): Promise<void> {
    if (known.presence === presence) return
    await tx.updateTable('messages').set({ presence }).where('id', '=', known.id).execute()
    const kind = presence === 'gone' ? 'message.gone' : known.presence === 'gone' ? 'message.returned' : undefined
    if (!kind) return
    await events.append(tx, {
      kind,
      emailAccountId: account.id,
      subjectId: known.id,
      payload: { conversationId: known.conversation_id },
      at: clock.now(),
    })
  }

  async function setFlags(tx: Tx, account: FilingAccount, known: Known, flags: readonly string[]): Promise<void> {
    const after = [...new Set(flags.map(storable))].sort()
    const before = [...known.flags].sort()
    if (after.join('\n') === before.join('\n')) return
    // Read in Outlook is read here, and marked unread there is unread here; what was marked here only stays so.
    const seen = after.includes('seen')
    const turned = seen !== before.includes('seen')
    await tx
      .updateTable('messages')
      .set({ flags: after, ...(turned ? { unread: !seen && known.direction === 'in' } : {}) })
      .where('id', '=', known.id)
      .execute()
    if (turned) {
      const id = known.conversation_id
      await sql`UPDATE conversations
        SET unread = EXISTS (SELECT 1 FROM messages WHERE conversation_id = ${id} AND unread)
        WHERE id = ${id}`.execute(tx)
    }
    await events.append(tx, {
      kind: 'message.flags_changed',
      emailAccountId: account.id,
      subjectId: known.id,
      payload: { conversationId: known.conversation_id, flags: after },
      at: clock.now(),
    })
  }

  return {
    findKnown,
    knownAgain,
    findMatches,
    findSame,
    replaceContent,
    meetAgain,
    merge,
    locateAll,
    leave,
    leaveUnmet,
    setPresence,
  }
}

/** It lies where it lay, by the same id, and nothing of it differs: to merge it would write nothing. */
export function isUnchanged({ known, round }: Match, { message }: Met): boolean {
  return (
    round !== undefined &&
    known.presence === 'present' &&
    known.remote_id === message.remoteId &&
    known.has_attachments === message.hasAttachments &&
    isSameSet(known.flags, message.flags.map(storable))
  )
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return [...new Set(some)].sort().join('\n') === [...new Set(others)].sort().join('\n')
}

/** All flags are told with a whole message; of a sparse one, what changed. */
function flagsAfter(known: Known, change: RemoteMessage | SparseMessage): readonly string[] {
  if (!change.partial) return change.flags
  if (change.flags) return change.flags
  return [...known.flags.filter((flag) => !change.flagsRemoved.includes(flag)), ...change.flagsAdded]
}
