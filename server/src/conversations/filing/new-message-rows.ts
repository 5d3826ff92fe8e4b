import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { ConversationId, EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import {
  findAutomaticMark,
  bodyText,
  textWithoutQuotes,
  type Address,
  type Marks,
  type RemoteMessage,
} from '../../mail/index.ts'
import type { Presence } from '../stored/conversation.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { discardedTo } from './discarded-mail.ts'
import type { MetMessage } from './met-message.ts'
import { createParameterBuffer, textAt } from '../stored/parameter-buffer.ts'
import { indexedBody, messageVector } from '../search/search-texts.ts'
import { reportedMessageId } from '../threading/related-message-ids.ts'
import {
  storable,
  storableAddress,
  storableId,
  storableIds,
  storableJson,
  storableLine,
  timeText,
} from '../stored/storable.ts'

/** Maximum text per statement, in characters. A single message may exceed it. */
const STATEMENT_CHARACTERS = 1_000_000

/** A row of `messages` and, with the searchable texts, of `search_queue`. */
export type NewMessageRow = ReturnType<typeof newMessageRow>

export function newMessageRow(
  { message, key, contentKey, isSecond, place }: MetMessage,
  more: {
    id: StoredMessageId
    account: FilingAccount
    conversationId: ConversationId
    /** Mailbox of the conversation. */
    ownerId: EmailAccountId
    direction: 'in' | 'out'
    imported: boolean
    unread: boolean
    splitProposed: boolean
    isAutomatic: boolean
    /** True if the conversation has the message that this one replies to, with the words that this one quotes. */
    quotesStored: boolean
    at: Date
  },
) {
  const presence: Presence = place ? 'present' : 'elsewhere'
  return {
    id: more.id,
    email_account_id: more.account.id,
    conversation_id: more.conversationId,
    owner_id: more.ownerId,
    message_key: `\\x${(isSecond ? contentKey : key).toString('hex')}`,
    remote_id: message.remoteId,
    presence,
    discarded_to: discardedTo(place?.role),
    message_id: storableId(message.messageId) ?? null,
    direction: more.direction,
    subject: storableLine(message.subject),
    from_address: storableOrNull(message.from),
    sender_address: storableOrNull(message.sender),
    to_addresses: message.to.map(storableAddress),
    cc_addresses: message.cc.map(storableAddress),
    bcc_addresses: message.bcc.map(storableAddress),
    reply_to_addresses: message.replyTo.map(storableAddress),
    in_reply_to: storableIds(message.inReplyTo),
    reference_ids: storableIds(message.references),
    remote_conversation_id: message.remoteConversationId ?? null,
    sent_at: message.sentAt ? timeText(message.sentAt) : null,
    received_at: timeText(message.receivedAt),
    flags: message.flags.map(storable),
    unread: more.unread,
    preview: storable(message.preview),
    body_type: message.body.type,
    body: storable(message.body.content),
    has_attachments: message.hasAttachments,
    attachments_known: message.attachments !== undefined,
    imported: more.imported,
    created_at: timeText(more.at),
    reports_on: reportedMessageId(message) ?? null,
    split_proposed: more.splitProposed,
    is_automatic: more.isAutomatic,
    marks: JSON.parse(storableJson(readMarks(message))) as Marks,
    search_fields: messageVector(message),
    body_text: indexedBody(more.quotesStored ? textWithoutQuotes(message.body) : bodyText(message.body)),
  }
}

/**
 * Inserts rows as JSON instead of parameters. PostgreSQL splits one text of a hundred rows; thousands of parameters
 * would cost this process several times as much. Long texts are passed separately.
 */
export async function insertMessages(tx: Tx, rows: readonly NewMessageRow[]): Promise<void> {
  for (const some of inStatements(rows)) {
    const buffer = createParameterBuffer()
    const slim = some.map(({ body, body_text: text, ...row }) => {
      const whole = buffer.put(body)
      const words = text === body ? whole : buffer.put(text)
      return { ...row, body_at: whole.at, body_bytes: whole.bytes, text_at: words.at, text_bytes: words.bytes }
    })
    // Both inserts read the same row: the words of a message are queued exactly when it is stored.
    await sql`
      WITH given AS MATERIALIZED (SELECT * FROM json_to_recordset(${JSON.stringify(slim)}::json) AS row (id uuid,
        email_account_id uuid, conversation_id uuid, owner_id uuid, message_key bytea, remote_id text, presence text, discarded_to text,
        message_id text, direction text, subject text, from_address jsonb, sender_address jsonb, to_addresses jsonb,
        cc_addresses jsonb, bcc_addresses jsonb, reply_to_addresses jsonb, in_reply_to text[], reference_ids text[],
        remote_conversation_id text, sent_at timestamptz, received_at timestamptz, flags text[], unread boolean,
        preview text, body_type text, has_attachments boolean, attachments_known boolean, imported boolean,
        created_at timestamptz, marks jsonb, is_automatic boolean, reports_on text, split_proposed boolean,
        search_fields text,
        body_at integer, body_bytes integer, text_at integer, text_bytes integer)),
      buffer AS NOT MATERIALIZED (SELECT whole FROM ${buffer.table()}),
      queued AS (
        INSERT INTO search_queue (message_id, email_account_id, received_at, queued_at, fields, text)
        SELECT id, owner_id, received_at, created_at, search_fields::tsvector, ${textAt('text_at', 'text_bytes')}
        FROM given, buffer)
      INSERT INTO messages (id, email_account_id, conversation_id, message_key, remote_id, presence, discarded_to, message_id,
        direction, subject, from_address, sender_address, to_addresses, cc_addresses, bcc_addresses,
        reply_to_addresses, in_reply_to, reference_ids, remote_conversation_id, sent_at, received_at, flags, unread,
        preview, body_type, body, has_attachments, attachments_known, imported, created_at, marks,
        is_automatic, reports_on, split_proposed)
      SELECT id, email_account_id, conversation_id, message_key, remote_id, presence, discarded_to, message_id,
        direction, subject, from_address, sender_address, to_addresses, cc_addresses, bcc_addresses,
        reply_to_addresses, in_reply_to, reference_ids, remote_conversation_id, sent_at, received_at, flags, unread,
        preview, body_type, ${textAt('body_at', 'body_bytes')}, has_attachments, attachments_known, imported,
        created_at, marks, is_automatic, reports_on, split_proposed
      FROM given, buffer`.execute(tx)
  }
}

function* inStatements(rows: readonly NewMessageRow[]): Iterable<readonly NewMessageRow[]> {
  let from = 0
  let characters = 0
  for (const [n, { body, body_text: text }] of rows.entries()) {
    characters += body.length + text.length
    if (characters > STATEMENT_CHARACTERS && n > from) {
      yield rows.slice(from, n)
      from = n
      characters = body.length + text.length
    }
  }
  if (from < rows.length) yield rows.slice(from)
}

/** A server that returns no source returns the headers that mark automatic mail. */
export function readMarks({ marks, headers }: RemoteMessage): Marks {
  return marks ?? { automatic: findAutomaticMark(headers) }
}

function storableOrNull(address: Address | undefined): Address | null {
  return address ? storableAddress(address) : null
}
