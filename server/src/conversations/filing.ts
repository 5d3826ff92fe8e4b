import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { newId, type ConversationId, type FolderId, type StoredMessageId } from '../kernel/ids.ts'
import { bodyText, messageKeyOf, type FolderRole, type RemoteMessage } from '../mail/index.ts'
import type { FiledMessage, FilingAccount, SentMailHook } from './conversations.ts'
import type { Presence } from './conversation.ts'
import { createMerging } from './merging.ts'
import { searchVector } from './search.ts'
import { addressesJson, addressJson, storable, storableId, storableIds } from './storable.ts'
import { findConversation, isSame, leadsOf, leadTo, otherSideOf, participantsWith } from './threading.ts'

/** Locks of this room: which class (two numbers make one lock, PostgreSQL, Advisory Locks). */
const FILING_LOCK = 20556

export interface FilingDeps {
  clock: Clock
  events: Events
  hooks: readonly SentMailHook[]
}

/** A folder that we read. */
export interface Place {
  id: FolderId
  role: FolderRole | undefined
  round: number
}

export type Filing = ReturnType<typeof createFiling>

/** How a message of the server becomes a row of ours, once. */
export function createFiling({ clock, events, hooks }: FilingDeps) {
  const merging = createMerging({ clock, events })

  /**
   * One at a time per account: two transactions that file the same message, or two answers to the same unknown one,
   * would each begin a conversation. Taken again by the same transaction it costs nothing.
   */
  async function holdAccount(tx: Tx, account: FilingAccount): Promise<void> {
    await sql`SELECT pg_advisory_xact_lock(${FILING_LOCK}, hashtext(${account.id}))`.execute(tx)
  }

  async function file(tx: Tx, account: FilingAccount, message: RemoteMessage): Promise<FiledMessage | undefined> {
    if (message.flags.includes('draft')) return undefined
    await holdAccount(tx, account)
    const place = await placeOf(tx, account, message.folderRemoteId)
    if (place?.role === 'drafts') return undefined

    const key = Buffer.from(messageKeyOf(message))
    const known = await merging.findKnown(tx, account, message.remoteId, key)
    const filed = known
      ? await merging.merge(tx, account, known, message, place)
      : await create(tx, account, message, key, place)

    if (place?.role === 'sent' || filed.direction === 'out') {
      const copy = { emailAccountId: account.id, remoteId: message.remoteId, rfcMessageId: message.messageId }
      for (const hook of hooks) await hook.filed(tx, { ...copy, ...withoutDirection(filed) })
    }
    return withoutDirection(filed)
  }

  async function create(
    tx: Tx,
    account: FilingAccount,
    message: RemoteMessage,
    key: Buffer,
    place: Place | undefined,
  ): Promise<FiledMessage & { direction: 'in' | 'out' }> {
    const direction = directionOf(account, message, place)
    const imported = message.receivedAt.getTime() < wholeSecond(account.createdAt)
    const conversationId = await homeOf(tx, account, message, direction)
    const messageId = newId<StoredMessageId>()
    const presence: Presence = place ? 'present' : 'elsewhere'

    await tx
      .insertInto('messages')
      .values({
        id: messageId,
        email_account_id: account.id,
        conversation_id: conversationId,
        message_key: key,
        remote_id: message.remoteId,
        presence,
        message_id: storableId(message.messageId) ?? null,
        direction,
        subject: storable(message.subject),
        from_address: addressJson(message.from),
        sender_address: addressJson(message.sender),
        to_addresses: addressesJson(message.to),
        cc_addresses: addressesJson(message.cc),
        bcc_addresses: addressesJson(message.bcc),
        reply_to_addresses: addressesJson(message.replyTo),
        in_reply_to: storableIds(message.inReplyTo),
        reference_ids: storableIds(message.references),
        remote_conversation_id: message.remoteConversationId ?? null,
        sent_at: message.sentAt ?? null,
        received_at: message.receivedAt,
        flags: message.flags.map(storable),
        unread: direction === 'in' && !message.flags.includes('seen'),
        preview: storable(message.preview),
        body_type: message.body.type,
        body: storable(message.body.content),
        has_attachments: message.hasAttachments,
        imported,
        search: searchVector({
          subject: message.subject,
          addresses: [message.from, ...message.to, ...message.cc].filter((one) => one !== undefined),
          text: bodyText(message.body),
        }),
        created_at: clock.now(),
      })
      .execute()
    if (place) await merging.locate(tx, place, message.remoteId, messageId)
    await leadTo(tx, account.id, conversationId, leadsOf(message))
    await grow(tx, account, conversationId, message, { direction, imported })
    await events.append(tx, {
      kind: imported ? 'message.imported' : direction === 'in' ? 'message.received' : 'message.sent',
      emailAccountId: account.id,
      subjectId: messageId,
      payload: { conversationId, direction },
      at: clock.now(),
    })
    return { messageId, conversationId, created: true, direction }
  }

  /** The conversation of a new message; a new one when it belongs to none. */
  async function homeOf(
    tx: Tx,
    account: FilingAccount,
    message: RemoteMessage,
    direction: 'in' | 'out',
  ): Promise<ConversationId> {
    if (direction === 'out') {
      const copy = { emailAccountId: account.id, remoteId: message.remoteId, rfcMessageId: message.messageId }
      for (const hook of hooks) {
        const home = await hook.conversationOf(tx, copy)
        if (home) return home
      }
    }
    const known = await findConversation(tx, account.id, message, otherSideOf(message, direction, account.address))
    if (known) return known

    const id = newId<ConversationId>()
    await tx
      .insertInto('conversations')
      .values({
        id,
        email_account_id: account.id,
        subject: storable(message.subject),
        status: 'open',
        participants: '[]',
        preview: '',
        unread: false,
        message_count: 0,
        last_message_at: message.receivedAt,
        created_at: clock.now(),
      })
      .execute()
    await events.append(tx, {
      kind: 'conversation.created',
      emailAccountId: account.id,
      subjectId: id,
      payload: { conversationId: id },
      at: clock.now(),
    })
    return id
  }

  /** What the list shows of the conversation, after a message was added. Old mail may be added before newer one. */
  async function grow(
    tx: Tx,
    account: FilingAccount,
    id: ConversationId,
    message: RemoteMessage,
    { direction, imported }: { direction: 'in' | 'out'; imported: boolean },
  ): Promise<void> {
    const { participants, status } = await tx
      .selectFrom('conversations')
      .select(['participants', 'status'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow()
    const reopens = status === 'closed' && direction === 'in' && !imported && !isAutomatic(message)
    const everybody = participantsWith(participants as never, message, account.address)
    await sql`
      UPDATE conversations SET
        participants = ${addressesJson(everybody)}::jsonb,
        status = ${reopens ? 'open' : status},
        message_count = message_count + 1,
        unread = EXISTS (SELECT 1 FROM messages WHERE conversation_id = ${id} AND unread),
        (preview, last_message_at) = (SELECT preview, received_at FROM messages WHERE conversation_id = ${id}
          ORDER BY received_at DESC, id DESC LIMIT 1),
        subject = (SELECT subject FROM messages WHERE conversation_id = ${id} ORDER BY received_at, id LIMIT 1)
      WHERE id = ${id}`.execute(tx)
    if (!reopens) return
    await events.append(tx, {
      kind: 'conversation.reopened',
      emailAccountId: account.id,
      subjectId: id,
      payload: { conversationId: id, by: 'message' },
      at: clock.now(),
    })
  }

  return { file, holdAccount, ...merging }
}

/** The folder in which a message lies, when it is one that we read. */
export async function placeOf(tx: Tx, account: FilingAccount, folderRemoteId: string): Promise<Place | undefined> {
  const row = await tx
    .selectFrom('folders')
    .select(['id', 'role', 'cursor_round'])
    .where('email_account_id', '=', account.id)
    .where('remote_id', '=', folderRemoteId)
    .where('synced', '=', true)
    .executeTakeFirst()
  return row && { id: row.id, role: (row.role ?? undefined) as FolderRole | undefined, round: row.cursor_round }
}

/**
 * What lies in Sent Items is ours. So is what bears our address, unless it came in: forms on websites write to
 * support@ as support@.
 */
function directionOf(account: FilingAccount, message: RemoteMessage, place: Place | undefined): 'in' | 'out' {
  if (place?.role === 'sent') return 'out'
  if (place?.role === 'inbox' || place?.role === 'junk') return 'in'
  return message.from && isSame(message.from.address, account.address) ? 'out' : 'in'
}

/** A machine wrote it, such as an out-of-office answer (RFC 3834 §5): nobody waits for us. */
function isAutomatic({ headers }: RemoteMessage): boolean {
  return headers.some(({ name, value }) => name.toLowerCase() === 'auto-submitted' && !/^\s*no\b/i.test(value))
}

/** Servers tell only the second of a message: one of this very second is new and must not go by unannounced. */
function wholeSecond(time: Date): number {
  return Math.floor(time.getTime() / 1000) * 1000
}

function withoutDirection({ messageId, conversationId, created }: FiledMessage): FiledMessage {
  return { messageId, conversationId, created }
}
