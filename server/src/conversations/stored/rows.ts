import { sql, type Selectable } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import { cleanAddress, cleanFileName, cleanLine, type Address, type Marks } from '../../mail/index.ts'
import type {
  Conversation,
  Draft,
  DraftAttachment,
  DraftContent,
  MessageHead,
  Note,
  StoredAttachment,
  StoredMessage,
} from './conversation.ts'
import { accountOf } from './account-of.ts'
import { checkedMarks, toListedAddress, findWarnings } from './sender-facts.ts'

type Row<Table extends keyof Schema> = Selectable<Schema[Table]>

export function toConversation(row: Row<'conversations'>): Conversation {
  return {
    id: row.id,
    emailAccountId: row.email_account_id,
    subject: cleanLine(row.subject),
    status: row.status,
    place: row.place,
    snoozedUntil: row.snoozed_until ?? undefined,
    needsReply: row.needs_reply,
    assigneeId: row.assignee_id ?? undefined,
    participants: addressesOf(row.participants).map(toListedAddress),
    preview: row.preview,
    unread: row.unread,
    messageCount: row.message_count,
    lastMessageAt: row.last_message_at,
    listedAt: row.listed_at,
    tagIds: row.tag_ids,
    hasAttachments: row.has_files,
    lastDirection: row.last_direction,
    createdAt: row.created_at,
    mergedInto: row.merged_into ?? undefined,
    legalHold: row.held_at ? { reason: row.hold_reason!, by: row.held_by!, at: row.held_at } : undefined,
  }
}

/** `owner_id` as in {@link OWNER}. */
export type MessageRow = Omit<Row<'messages'>, 'is_automatic' | 'discarded_to'> & {
  in_junk?: boolean | null
  owner_id: EmailAccountId
}

/** Mailbox of the conversation of a message. Not in its row, so that a moved conversation takes its messages along. */
export const OWNER = accountOf(sql`messages.conversation_id`).as('owner_id')

/** True when all known folders of the message are Junk. Folders are not in its row. */
export const IN_JUNK = sql<boolean | null>`(SELECT bool_and(folders.role IS NOT DISTINCT FROM 'junk')
  FROM message_locations place JOIN folders ON folders.id = place.folder_id WHERE place.message_id = messages.id)`.as(
  'in_junk',
)

/** Columns of a message in a list. A body may be a megabyte, and a conversation shows five hundred messages. */
export const HEAD_COLUMNS = [
  'id',
  'email_account_id',
  'conversation_id',
  'message_key',
  'remote_id',
  'presence',
  'message_id',
  'direction',
  'subject',
  'from_address',
  'sender_address',
  'to_addresses',
  'cc_addresses',
  'bcc_addresses',
  'reply_to_addresses',
  'in_reply_to',
  'reference_ids',
  'remote_conversation_id',
  'sent_at',
  'received_at',
  'flags',
  'unread',
  'preview',
  'has_attachments',
  'attachments_known',
  'imported',
  'created_at',
  'marks',
  'reports_on',
  'split_proposed',
  'content_replaced_at',
] as const satisfies readonly (keyof Schema['messages'])[]

/** All columns. */
export const MESSAGE_COLUMNS = [...HEAD_COLUMNS, 'body_type', 'body'] as const

export function toMessage(row: MessageRow): StoredMessage {
  return { ...toMessageHead(row), body: { type: row.body_type, content: row.body } }
}

export function toMessageHead(row: Omit<MessageRow, 'body_type' | 'body'>): MessageHead {
  const from = addressOf(row.from_address)
  const replyTo = addressesOf(row.reply_to_addresses)
  const marks = checkedMarks(row.marks as Marks)
  return {
    id: row.id,
    conversationId: row.conversation_id,
    emailAccountId: row.owner_id,
    remoteAccountId: row.email_account_id,
    remoteId: row.remote_id,
    messageId: row.message_id ?? undefined,
    inReplyTo: row.in_reply_to,
    references: row.reference_ids,
    direction: row.direction,
    subject: cleanLine(row.subject),
    from,
    sender: addressOf(row.sender_address),
    to: addressesOf(row.to_addresses),
    cc: addressesOf(row.cc_addresses),
    bcc: addressesOf(row.bcc_addresses),
    replyTo,
    sentAt: row.sent_at ?? undefined,
    receivedAt: row.received_at,
    flags: row.flags,
    unread: row.unread,
    storedAt: row.created_at,
    preview: row.preview,
    hasAttachments: row.has_attachments,
    imported: row.imported,
    presence: row.presence,
    inJunk: row.in_junk ?? false,
    marks,
    warnings: findWarnings({ direction: row.direction, from, replyTo, marks }),
    splitProposed: row.split_proposed,
    contentReplacedAt: row.content_replaced_at ?? undefined,
  }
}

/** Cleans a stored name: earlier versions stored names as Graph returned them. */
function addressOf(stored: unknown): Address | undefined {
  return stored ? cleanAddress(stored as Address) : undefined
}

function addressesOf(stored: unknown): Address[] {
  return (stored as Address[]).map(cleanAddress)
}

export function toNote(row: Row<'notes'>): Note {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    authorId: row.author_id,
    body: row.body,
    mentions: row.mentions,
    createdAt: row.created_at,
  }
}

export function toDraft(row: Row<'drafts'>, attachments: readonly DraftAttachment[] = []): Draft {
  return {
    id: row.id,
    emailAccountId: row.email_account_id,
    conversationId: row.conversation_id ?? undefined,
    authorId: row.author_id,
    content: row.content as DraftContent,
    attachments,
    version: row.version,
    updatedAt: row.updated_at,
  }
}

export function toAttachment(row: Row<'attachments'>): StoredAttachment {
  return {
    id: row.id,
    messageId: row.message_id,
    remoteId: row.remote_id,
    name: cleanFileName(row.name),
    contentType: row.content_type,
    sizeBytes: row.size_bytes,
    contentId: row.content_id ?? undefined,
    isInline: row.is_inline,
    kind: row.kind,
  }
}
