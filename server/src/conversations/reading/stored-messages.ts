import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { AttachmentId, EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import type { MessageBody, RemoteAttachment } from '../../mail/index.ts'
import type { MessageHead, MessageVersion, StoredAttachment, StoredMessage } from '../stored/conversation.ts'
import { findSource, hasSource } from '../stored/message-sources.ts'
import { HEAD_COLUMNS, IN_JUNK, MESSAGE_COLUMNS, OWNER, toMessage, toMessageHead } from '../stored/rows.ts'
import { listBounces, type Bounce } from './bounces.ts'
import { latestSources } from './latest-sources.ts'
import { listVersions } from './message-versions.ts'
import { listMessages, type MessageFilter, type ListedMessages } from './message-lists.ts'
import { createMessageViews, type MessageViewStore } from './message-views.ts'
import { createStoredAttachments } from './stored-attachments.ts'

/** Stored messages with their attachments, sources and views. */
export interface StoredMessages {
  /** @throws AppError `conversations.not_found` */
  get(id: StoredMessageId): Promise<StoredMessage>
  /** Those of these messages that exist. One statement. */
  /** Those of these messages that exist. */
  many(ids: readonly StoredMessageId[]): Promise<Map<StoredMessageId, MessageHead>>
  /** Lists messages of mailboxes, latest first. */
  list(filter: MessageFilter, page: { cursor?: string | undefined; limit: number }): Promise<ListedMessages>
  /** Bodies of these messages, each cut off at so many characters. One statement. */
  bodies(ids: readonly StoredMessageId[], longest: number): Promise<Map<StoredMessageId, MessageBody>>
  /**
   * Bodies of those of these messages whose body has at most so many bytes and was not slow or impossible to show before:
   * such a one has a stored view. One statement.
   */
  smallBodies(ids: readonly StoredMessageId[], mostBytes: number): Promise<Map<StoredMessageId, MessageBody>>
  /** Contents before the server replaced them, latest first. */
  versions(id: StoredMessageId): Promise<MessageVersion[]>
  /** Delivery reports on those of these messages that were sent from here. */
  bounces(ids: readonly StoredMessageId[]): Promise<Map<StoredMessageId, Bounce[]>>

  /** Undefined until the server has listed them: then call {@link keepAttachments}. */
  attachments(id: StoredMessageId): Promise<StoredAttachment[] | undefined>
  keepAttachments(id: StoredMessageId, attachments: readonly RemoteAttachment[]): Promise<StoredAttachment[]>
  /** @throws AppError `conversations.not_found` */
  attachment(id: AttachmentId): Promise<StoredAttachment>

  /** The message as it came (RFC 5322), if it was filed from its source; otherwise only the server has it. */
  source(id: StoredMessageId): Promise<Buffer | undefined>
  /** True when {@link source} returns one; does not read it. */
  hasSource(id: StoredMessageId): Promise<boolean>
  /** Sources of the latest received messages that have one. */
  latestSources(accountId: EmailAccountId, limit: number): Promise<Buffer[]>
  /** Rendered bodies, stored where rendering takes long. */
  views: MessageViewStore
}

export function createStoredMessages(deps: { database: Database; clock: Clock }): StoredMessages {
  const { database } = deps
  const { db } = database

  async function get(id: StoredMessageId): Promise<StoredMessage> {
    const row = await db
      .selectFrom('messages')
      .select([...MESSAGE_COLUMNS, OWNER, IN_JUNK])
      .where('id', '=', id)
      .executeTakeFirst()
    if (!row) throw new AppError('conversations.not_found')
    return toMessage(row)
  }

  async function many(ids: readonly StoredMessageId[]): Promise<Map<StoredMessageId, MessageHead>> {
    const rows = await db
      .selectFrom('messages')
      .select([...HEAD_COLUMNS, OWNER, IN_JUNK])
      .where('id', 'in', [...ids])
      .execute()
    return new Map(rows.map((row) => [row.id, toMessageHead(row)]))
  }

  async function bodies(ids: readonly StoredMessageId[], longest: number) {
    if (ids.length === 0) return new Map<StoredMessageId, MessageBody>()
    const rows = await db
      .selectFrom('messages')
      .select(['id', 'body_type', sql<string>`left(body, ${longest})`.as('content')])
      .where('id', 'in', [...ids])
      .execute()
    return new Map(
      rows.map(({ id, body_type, content }): [StoredMessageId, MessageBody] => [id, { type: body_type, content }]),
    )
  }

  async function smallBodies(ids: readonly StoredMessageId[], mostBytes: number) {
    if (ids.length === 0) return new Map<StoredMessageId, MessageBody>()
    const rows = await db
      .selectFrom('messages')
      .select(['id', 'body_type', 'body'])
      .where('id', 'in', [...ids])
      .where(sql<boolean>`octet_length(body) <= ${mostBytes}`)
      .where(sql<boolean>`NOT EXISTS (SELECT FROM message_views WHERE message_id = messages.id)`)
      .execute()
    return new Map(
      rows.map((row): [StoredMessageId, MessageBody] => [row.id, { type: row.body_type, content: row.body }]),
    )
  }

  return {
    get,
    many,
    list: (filter, page) => listMessages(database, filter, page),
    bodies,
    smallBodies,
    versions: (id) => listVersions(db, id),
    bounces: (ids) => listBounces(db, ids),
    ...createStoredAttachments(deps),
    source: (id) => findSource(database, id),
    hasSource: (id) => hasSource(database, id),
    latestSources: (id, limit) => latestSources(database, id, limit),
    views: createMessageViews(deps),
  }
}
