import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { ConversationId, StoredMessageId } from '../../kernel/ids.ts'
import type { FolderRole } from '../../mail/index.ts'
import type { ConversationStatus, DiscardedTo } from '../stored/conversation.ts'
import { placeEvent, recordPlace } from '../team/places.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import type { MoveHook } from './filing-hooks.ts'
import type { Known } from './known-message.ts'

export function discardedTo(role: FolderRole | undefined): DiscardedTo | null {
  return role === 'junk' || role === 'trash' ? role : null
}

/**
 * Lets conversations follow their messages into Junk and Deleted Items, and back, when another program moves them. A
 * change of place by a person is undone by nothing but a person or new mail.
 *
 * @see docs/decisions/0049-conversations-follow-moves-in-the-mailbox.md
 */
export function createDiscardedMail(deps: { clock: Clock; events: Events; moveHooks: readonly MoveHook[] }) {
  const { clock, events, moveHooks } = deps

  /** Stores that a message was met in Junk or Deleted Items, or has left them. */
  async function recordMove(tx: Tx, account: FilingAccount, known: Known, to: DiscardedTo | null): Promise<void> {
    if (known.discarded_to === to) return
    await storeDiscarded(tx, known.id, to)
    if (known.direction === 'out' || (to && (await isOwnMove(tx, known.id, to)))) return
    await followMove(tx, account, known.conversation_id, to)
  }

  /**
   * Repeats what {@link recordMove} left out while Postkey wanted to move the messages of closed conversations. One that
   * has been reopened stays where it is.
   */
  async function followMoves(tx: Tx, account: FilingAccount, ids: readonly StoredMessageId[]): Promise<void> {
    if (ids.length === 0) return
    const discarded = await tx
      .selectFrom('messages')
      .select(['conversation_id', 'discarded_to'])
      .where('id', 'in', [...ids])
      .where('direction', '=', 'in')
      .where('discarded_to', 'is not', null)
      .orderBy('conversation_id')
      .execute()
    for (const row of discarded) await followMove(tx, account, row.conversation_id, row.discarded_to, 'closed')
  }

  async function followMove(
    tx: Tx,
    account: FilingAccount,
    id: ConversationId,
    movedTo: DiscardedTo | null,
    only?: ConversationStatus,
  ): Promise<void> {
    const row = await tx
      .selectFrom('conversations')
      .select(['place', 'placed_by', 'email_account_id', 'status'])
      .where('id', '=', id)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow()
    // In another mailbox, to which a person has moved it, what remains in this one says nothing of it.
    if (row.email_account_id !== account.id) return
    if (only && row.status !== only) return
    const to = movedTo && !(await hasOtherMail(tx, id)) ? movedTo : null
    const wasPlacedByMove = row.placed_by === 'junk' || row.placed_by === 'trash'
    if (!wasPlacedByMove && !(to && row.place === 'inbox')) return
    const place = to === 'junk' ? 'spam' : to === 'trash' ? 'deleted' : 'inbox'
    if (place === row.place) return
    await tx.updateTable('conversations').set({ place, placed_by: to }).where('id', '=', id).execute()
    const conversation = { emailAccountId: account.id, subjectId: id, at: clock.now() }
    await recordPlace(events, tx, conversation, placeEvent(row.place, place), 'mailbox')
  }

  async function isOwnMove(tx: Tx, id: StoredMessageId, to: DiscardedTo): Promise<boolean> {
    for (const hook of moveHooks) if (await hook(tx, id, to)) return true
    return false
  }

  return { recordMove, followMoves }
}

export async function storeDiscarded(tx: Tx, id: StoredMessageId, to: DiscardedTo | null): Promise<void> {
  await tx.updateTable('messages').set({ discarded_to: to }).where('id', '=', id).execute()
}

/** True if a received message of a conversation is neither in Junk nor in Deleted Items. */
async function hasOtherMail(tx: Tx, id: ConversationId): Promise<boolean> {
  const other = await tx
    .selectFrom('messages')
    .select('id')
    .where('conversation_id', '=', id)
    .where('direction', '=', 'in')
    .where('presence', '<>', 'gone')
    .where('discarded_to', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return other !== undefined
}

/** Messages, of those given, whose synchronized folders say something else of {@link DiscardedTo} than is stored. */
export async function listMovedBetween(
  tx: Tx,
  ids: readonly StoredMessageId[],
): Promise<{ id: StoredMessageId; to: DiscardedTo | null }[]> {
  const { rows } = await sql<{ id: StoredMessageId; to: DiscardedTo | null }>`
    SELECT messages.id, located.to FROM messages JOIN (
      SELECT message_id, CASE WHEN bool_and(coalesce(role, '') IN ('junk', 'trash')) THEN min(role) END AS to
      FROM message_locations JOIN folders ON folders.id = folder_id
      WHERE message_id = ANY(${[...ids]}::uuid[]) GROUP BY message_id) AS located ON located.message_id = messages.id
    WHERE discarded_to IS DISTINCT FROM located.to ORDER BY messages.id`.execute(tx)
  return rows
}
