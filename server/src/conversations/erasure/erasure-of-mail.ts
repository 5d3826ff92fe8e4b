import { sql } from 'kysely'
import type { Database, TextScan, Tx } from '../../database/index.ts'
import type { ConversationId, EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import type { Address } from '../../mail/index.ts'
import { type BatchSize, deleteMessages, USUAL_BATCH } from '../retention/old-conversations.ts'
import { needsReply } from '../stored/shown-columns.ts'
import { lockAccount } from '../threading/account-lock.ts'
import { refreshConversations } from '../threading/move-conversations.ts'
import { addressKey } from '../threading/participants.ts'
import type { ErasedMail } from './erased-mail.ts'
import { findConversationsOf, findMailToErase, type MailToErase } from './mail-to-erase.ts'
import { belongsTo, isToPersonAlone, type ErasedPerson } from './person.ts'

export type { MailToErase } from './mail-to-erase.ts'

/** Tables of this room with texts that may name a person, apart from the mail of the person. */
export const CONVERSATION_TEXTS = {
  views: { table: 'saved_views', key: { column: 'id', type: 'uuid' }, columns: ['name', 'query'], action: 'delete' },
  notes: { table: 'notes', key: { column: 'id', type: 'uuid' }, columns: ['body'], action: 'count' },
  customerNotes: {
    table: 'customer_notes',
    key: { column: 'address', type: 'text' },
    columns: ['body'],
    action: 'count',
  },
  drafts: { table: 'drafts', key: { column: 'id', type: 'uuid' }, columns: ['content'], action: 'count' },
  messages: {
    table: 'messages',
    key: { column: 'id', type: 'uuid' },
    columns: [
      ...['subject', 'from_address', 'sender_address', 'to_addresses', 'cc_addresses', 'bcc_addresses'],
      ...['reply_to_addresses', 'preview', 'body', 'message_id', 'in_reply_to', 'reference_ids', 'reports_on', 'marks'],
    ],
    action: 'count',
  },
  conversations: {
    table: 'conversations',
    key: { column: 'id', type: 'uuid' },
    columns: ['subject', 'preview', 'participants', 'hold_reason'],
    action: 'count',
  },
  versions: {
    table: 'message_versions',
    key: { column: 'id', type: 'uuid' },
    columns: ['preview', 'body', 'attachments'],
    action: 'count',
  },
  attachments: { table: 'attachments', key: { column: 'id', type: 'uuid' }, columns: ['name'], action: 'count' },
} as const satisfies Record<string, TextScan>

const DRAFTS_AT_ONCE = 1000
/** Lets the planner use an index that begins with the mailbox. */
const OF_ALL_ACCOUNTS = sql`email_account_id = ANY(ARRAY(SELECT id FROM email_accounts))`

/** Parts of an erasure in other rooms, in the transaction of the mail. */
export interface EraseHooks {
  /**
   * True for a conversation with a message in the outbox, which stays until it is sent or canceled, or with one that was
   * written at or after `since`.
   */
  isInUse(tx: Tx, id: ConversationId, since: Date | undefined): Promise<boolean>
  /**
   * Deletes data of messages, and of the whole conversation with `isWhole`, before they are deleted; data that names the
   * person only up to `before`.
   *
   * @param mergedIds  conversations with the person that were merged into it
   */
  release(tx: Tx, mail: MailToErase, mergedIds: readonly ConversationId[], before: Date): Promise<void>
}

export type ErasedPart = 'more' | 'done' | 'held' | 'in-use' | 'nothing'

export type ErasureOfMail = ReturnType<typeof createErasureOfMail>

export function createErasureOfMail({ database, erasedMail }: { database: Database; erasedMail: ErasedMail }) {
  const { db } = database

  /** Waits until no page is filed that does not know of the erasure yet. */
  async function waitForFiling(ids: readonly EmailAccountId[]): Promise<void> {
    for (const id of ids) await database.transaction((tx) => lockAccount(tx, { id }))
  }

  /**
   * Deletes the next messages of a person in a conversation, as many as a batch may have, and with the last one the
   * conversation, if nothing else stays in it. A conversation that would be deleted is kept while it has newer work of the
   * team: whole, if the work is of before its first batch.
   */
  async function erase(
    tx: Tx,
    id: ConversationId,
    person: ErasedPerson,
    before: Date,
    hooks: EraseHooks,
    size: BatchSize = USUAL_BATCH,
  ): Promise<{ part: ErasedPart; mail?: MailToErase; messages: number }> {
    const found = await findMailToErase(tx, id, person, before)
    if (!found) return { part: 'nothing', messages: 0 }
    for (const account of found.accountIds) await lockAccount(tx, { id: account })
    await tx.selectFrom('conversations').select('id').where('id', '=', id).forUpdate().execute()
    const mail = await findMailToErase(tx, id, person, before)
    if (!mail || mail.accountIds.some((each) => !found.accountIds.includes(each))) return { part: 'more', messages: 0 }
    if (mail.isHeld) return { part: 'held', mail, messages: 0 }
    // A list that is cut may be of the whole conversation.
    const mayEnd = mail.isWhole || mail.isCut
    const isNew = mayEnd && (await hasNewWork(tx, id, before))
    if (isNew || (await hooks.isInUse(tx, id, mayEnd ? before : undefined))) {
      return { part: 'in-use', mail, messages: 0 }
    }
    const chosen = await firstThatFit(tx, mail.messageIds, size)
    const isLast = chosen.length === mail.messageIds.length && !mail.isCut
    const mergedIds = await mergedSources(tx, id, person)
    await hooks.release(tx, { ...mail, messageIds: chosen, isWhole: mail.isWhole && isLast }, mergedIds, before)
    await erasedMail.addMessages(tx, chosen)
    await forgetMessageIds(tx, id, chosen)
    await deleteMessages(tx, sql`SELECT unnest(${chosen}::uuid[]) AS id`)
    const rest = await tx.selectFrom('messages').select('id').where('conversation_id', '=', id).executeTakeFirst()
    if (!isLast) {
      await refreshConversations(tx, [id])
      return { part: 'more', mail, messages: chosen.length }
    }
    if (!rest) await tx.deleteFrom('conversations').where('id', '=', id).execute()
    else await removeFromConversation(tx, id, mergedIds, person)
    return { part: 'done', mail: { ...mail, isWhole: !rest }, messages: chosen.length }
  }

  /** The first messages whose sources fit into a batch, one at least. */
  async function firstThatFit(tx: Tx, ids: readonly StoredMessageId[], size: BatchSize): Promise<StoredMessageId[]> {
    const few = ids.slice(0, size.messages)
    const { rows } = await sql<{ id: StoredMessageId; bytes: number }>`
      SELECT message_id AS id, octet_length(content)::float8 AS bytes FROM message_sources
      WHERE message_id = ANY(${few}::uuid[])`.execute(tx)
    const bytesOf = new Map(rows.map(({ id, bytes }) => [id, bytes]))
    let bytes = 0
    return few.filter((id, index) => (bytes += bytesOf.get(id) ?? 0) <= size.bytes || index === 0)
  }

  /** Drafts and notes that the team wrote since the start of the erasure. */
  async function hasNewWork(tx: Tx, id: ConversationId, before: Date): Promise<boolean> {
    // A draft that is being saved would be deleted with the conversation.
    const { rows } = await sql<{ is: boolean }>`WITH drafts AS MATERIALIZED
        (SELECT updated_at, discarded_at FROM drafts WHERE conversation_id = ${id} FOR UPDATE)
      SELECT EXISTS (SELECT FROM drafts WHERE discarded_at IS NULL AND updated_at >= ${before})
      OR EXISTS (SELECT FROM notes WHERE conversation_id = ${id} AND created_at >= ${before}) AS is`.execute(tx)
    return rows[0]!.is
  }

  /** Conversations with the person that were merged into this one: their rows lead old links here. */
  async function mergedSources(tx: Tx, id: ConversationId, person: ErasedPerson): Promise<ConversationId[]> {
    const { rows } = await sql<{
      id: ConversationId
      participants: Address[]
    }>`SELECT id, participants FROM conversations
      WHERE merged_into = ${id} AND participants::text ILIKE ANY(${person.patterns}::text[])`.execute(tx)
    const is = belongsTo(person)
    return rows.filter(({ participants }) => participants.some(is.person)).map((row) => row.id)
  }

  /** Message-IDs may name the person, too. Later replies to these messages find their conversation by other ids. */
  async function forgetMessageIds(tx: Tx, id: ConversationId, ids: readonly StoredMessageId[]): Promise<void> {
    await sql`DELETE FROM conversation_message_ids USING messages
      WHERE conversation_message_ids.conversation_id = ${id} AND messages.id = ANY(${ids}::uuid[])
        AND messages.message_id = conversation_message_ids.message_id`.execute(tx)
  }

  /** Removes the person from the participants, unless mail that stays names the person. */
  async function removeFromConversation(
    tx: Tx,
    id: ConversationId,
    mergedIds: readonly ConversationId[],
    person: ErasedPerson,
  ): Promise<void> {
    await refreshConversations(tx, [id])
    const row = await tx
      .selectFrom('conversations')
      .select('participants')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    const named = await sql<{ address: string }>`SELECT address FROM unnest(${person.addresses}::text[]) AS address
      WHERE EXISTS (SELECT FROM messages WHERE conversation_id = ${id}
        AND position('"' || address || '"' IN
          lower(concat(from_address, reply_to_addresses, to_addresses, cc_addresses))) > 0)`.execute(tx)
    const stays = new Set(named.rows.map(({ address }) => address))
    const is = belongsTo(person)
    const others = (row.participants as Address[]).filter((each) => !is.person(each) || stays.has(addressKey(each)))
    await sql`UPDATE conversations SET participants = ${JSON.stringify(others)}::jsonb,
      needs_reply = needs_reply AND ${needsReply(sql`conversations.id`)} WHERE id = ${id}`.execute(tx)
    await sql`UPDATE conversations SET subject = '', preview = '', participants = '[]'
      WHERE id = ANY(${mergedIds}::uuid[])`.execute(tx)
  }

  /**
   * Deletes the next drafts to the person alone, the note about the person, and suggestions of the addresses, from before the
   * erasure.
   *
   * @param keptIds  conversations whose drafts stay
   */
  async function eraseRecords(
    tx: Tx,
    person: ErasedPerson,
    before: Date,
    keptIds: readonly ConversationId[],
    after: string | undefined,
  ) {
    const { addresses } = person
    const notes = await sql`DELETE FROM customer_notes
      WHERE address = ANY(${addresses}::text[]) AND updated_at < ${before}`.execute(tx)
    const suggestions = await sql`DELETE FROM correspondents
      WHERE ${OF_ALL_ACCOUNTS} AND address = ANY(${addresses}::text[]) AND last_at < ${before}`.execute(tx)
    const { ids, next } = await draftsTo(tx, person, before, keptIds, after)
    // A draft may have been saved since.
    const drafts = await sql`DELETE FROM drafts WHERE id = ANY(${ids}::uuid[]) AND updated_at < ${before}`.execute(tx)
    return {
      customerNotes: Number(notes.numAffectedRows),
      suggestions: Number(suggestions.numAffectedRows),
      drafts: Number(drafts.numAffectedRows),
      next,
    }
  }

  async function countRecords(person: ErasedPerson, before: Date) {
    const { rows } = await sql<{ notes: number; suggestions: number }>`SELECT
      (SELECT count(*)::integer FROM customer_notes WHERE address = ANY(${person.addresses}::text[])) AS notes,
      (SELECT count(*)::integer FROM correspondents
        WHERE ${OF_ALL_ACCOUNTS} AND address = ANY(${person.addresses}::text[])) AS suggestions`.execute(db)
    const { ids } = await draftsTo(db, person, before, [], undefined)
    return { customerNotes: rows[0]!.notes, suggestions: rows[0]!.suggestions, drafts: ids.length }
  }

  /** Drafts of the next page with the person as their only recipient, discarded ones included. */
  async function draftsTo(
    from: Tx | Database['db'],
    person: ErasedPerson,
    before: Date,
    keptIds: readonly ConversationId[],
    after: string | undefined,
  ) {
    const { rows } = await sql<{ id: string; to: Address[]; cc: Address[]; bcc: Address[] }>`
      SELECT id, content -> 'to' AS "to", content -> 'cc' AS cc, content -> 'bcc' AS bcc FROM drafts
      WHERE updated_at < ${before} ${after === undefined ? sql`` : sql`AND id > ${after}::uuid`}
        AND concat(content -> 'to', content -> 'cc', content -> 'bcc') ILIKE ANY(${person.patterns}::text[])
        AND (conversation_id IS NULL OR conversation_id <> ALL(${keptIds}::uuid[]) AND NOT EXISTS (SELECT FROM conversations
          WHERE conversations.id = drafts.conversation_id AND held_at IS NOT NULL))
      ORDER BY id LIMIT ${DRAFTS_AT_ONCE}`.execute(from)
    const is = belongsTo(person)
    const ids = rows.filter(({ to, cc, bcc }) => isToPersonAlone([...to, ...cc, ...bcc], is)).map(({ id }) => id)
    return { ids, next: rows.length < DRAFTS_AT_ONCE ? undefined : rows.at(-1)!.id }
  }

  /** Conversations of messages. */
  async function conversationsOf(ids: readonly string[]): Promise<ConversationId[]> {
    const rows = await db.selectFrom('messages').select('conversation_id').distinct().where('id', 'in', ids as StoredMessageId[]).execute() // prettier-ignore
    return rows.map((row) => row.conversation_id)
  }

  return {
    /** Addresses in lower case. */
    begin: (tx: Tx, addresses: readonly string[], at: Date) => erasedMail.addAddresses(tx, addresses, at),
    /** True after an admin gave up the key of the hashes, until the next erasure: erased mail returns. */
    isProtectionLost: () => erasedMail.isLost(db),
    waitForFiling,
    findConversations: (person: ErasedPerson, after: string | undefined, limit: number) =>
      findConversationsOf(db, person, after, limit),
    conversationsOf,
    findMail: (id: ConversationId, person: ErasedPerson, before: Date) => findMailToErase(db, id, person, before),
    erase,
    eraseRecords,
    countRecords,
  }
}
