import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ConversationId, StoredMessageId } from '../kernel/ids.ts'
import type { RemoteMessage, SparseMessage } from '../mail/index.ts'
import type { Presence } from './conversation.ts'
import type { FiledMessage, FilingAccount } from './conversations.ts'
import type { Place } from './filing.ts'
import { storable } from './storable.ts'

interface Known {
  id: StoredMessageId
  conversation_id: ConversationId
  remote_id: string
  direction: 'in' | 'out'
  flags: string[]
  presence: Presence
}

export const KNOWN = ['id', 'conversation_id', 'remote_id', 'direction', 'flags', 'presence'] as const

/** What the server says of messages that we have: merged into them, never put in their place. */
export function createMerging({ clock, events }: { clock: Clock; events: Events }) {
  /** By its id on the server, which is immutable, or as a copy of a message that we have. */
  async function findKnown(tx: Tx, account: FilingAccount, remoteId: string, key?: Buffer): Promise<Known | undefined> {
    const byId = await tx
      .selectFrom('messages')
      .select(KNOWN)
      .where('email_account_id', '=', account.id)
      .where('remote_id', '=', remoteId)
      .executeTakeFirst()
    if (byId) return byId
    const byPlace = await tx
      .selectFrom('message_locations')
      .innerJoin('messages', 'messages.id', 'message_locations.message_id')
      .select(KNOWN.map((column) => `messages.${column}` as const))
      .where('messages.email_account_id', '=', account.id)
      .where('message_locations.remote_id', '=', remoteId)
      .executeTakeFirst()
    if (byPlace || !key) return byPlace
    return tx
      .selectFrom('messages')
      .select(KNOWN)
      .where('email_account_id', '=', account.id)
      .where('message_key', '=', key)
      .executeTakeFirst()
  }

  async function merge(
    tx: Tx,
    account: FilingAccount,
    known: Known,
    change: RemoteMessage | SparseMessage,
    place: Place | undefined,
  ): Promise<FiledMessage & { direction: 'in' | 'out' }> {
    if (place) await locate(tx, place, change.remoteId, known.id)
    await setPresence(tx, account, known, await presenceAt(tx, known.id))
    if (!(await isSecondCopy(tx, known, change.remoteId))) await update(tx, account, known, change)
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
    await tx
      .insertInto('message_locations')
      .values({ folder_id: place.id, remote_id: remoteId, message_id: messageId, round: place.round })
      .onConflict((conflict) =>
        conflict.columns(['folder_id', 'remote_id']).doUpdateSet({ message_id: messageId, round: place.round }),
      )
      .execute()
  }

  /** It left a folder. Another may tell of it later, or nobody: then it has to be asked for. */
  async function leave(tx: Tx, account: FilingAccount, place: Place, remoteId: string): Promise<void> {
    const left = await tx
      .deleteFrom('message_locations')
      .where('folder_id', '=', place.id)
      .where('remote_id', '=', remoteId)
      .returning('message_id')
      .execute()
    for (const { message_id: id } of left) await unlocated(tx, account, id)
  }

  async function leaveUnmet(tx: Tx, account: FilingAccount, place: Place): Promise<number> {
    const left = await tx
      .deleteFrom('message_locations')
      .where('folder_id', '=', place.id)
      .where('round', '<', place.round)
      .returning('message_id')
      .execute()
    for (const { message_id: id } of left) await unlocated(tx, account, id)
    return left.length
  }

  async function unlocated(tx: Tx, account: FilingAccount, id: StoredMessageId): Promise<void> {
    const known = await tx.selectFrom('messages').select(KNOWN).where('id', '=', id).executeTakeFirstOrThrow()
    if ((await presenceAt(tx, id)) === 'present') return
    await setPresence(tx, account, known, 'unconfirmed')
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

  return { findKnown, merge, locate, leave, leaveUnmet, setPresence }
}

/** All flags are told with a whole message; of a sparse one, what changed. */
function flagsAfter(known: Known, change: RemoteMessage | SparseMessage): readonly string[] {
  if (!change.partial) return change.flags
  return [...known.flags.filter((flag) => !change.flagsRemoved.includes(flag)), ...change.flagsAdded]
}
