import { sql, type RawBuilder } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { Events, VisibleAccounts } from '../../events/index.ts'
import { actorOf } from '../../kernel/authors.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId } from '../../kernel/ids.ts'
import { isMisleading } from '../../mail/index.ts'
import { messageCondition } from '../search/message-condition.ts'
import type { ReadText } from '../search/phrase-check.ts'
import { searchMessages } from '../search/word-search.ts'
import type { Conversation, StoredAttachment } from '../stored/conversation.ts'
import { accountOf } from '../stored/account-of.ts'
import { toAttachment, toConversation } from '../stored/rows.ts'
import { storable } from '../stored/storable.ts'
import { organizationOf } from './free-mail.ts'

/** Messages of a customer among which others are looked for. */
const MOST_MESSAGES = 200
const MOST_CONVERSATIONS = 10
const MOST_FILES = 20
const MOST_NAMES = 5
/** Time for the conversations of an organization. */
const LIMIT_MS = 300
/** Characters of an address (RFC 5321 §4.5.3.1.3). A longer one has no mailbox. */
const LONGEST_ADDRESS = 254

export interface CustomerNote {
  body: string
  /** 0 before the first change. */
  version: number
  authorId: string | undefined
  updatedAt: Date | undefined
}

/** The first participant of a conversation, in all mailboxes that the reader sees. */
export interface Customer {
  address: string
  /** Names under which the customer has written recently, without misleading ones. */
  names: string[]
  firstContactAt: Date | undefined
  lastContactAt: Date | undefined
  /** Latest first, without the conversation that is shown. */
  conversations: Conversation[]
  /** Domain of the organization; undefined for a free mail service. */
  organization: string | undefined
  /** Conversations of other addresses of the organization, latest first. */
  ofOrganization: Conversation[]
  /** Files of these conversations with the customer, in both directions, latest first. */
  files: (StoredAttachment & { conversationId: ConversationId; receivedAt: Date })[]
  note: CustomerNote
}

export interface Customers {
  /**
   * Six statements, bounded by the limits above, and a search.
   *
   * @returns undefined if the conversation has no participant besides the mailbox, or one without a valid address
   * @throws AppError `conversations.not_found`
   */
  of(id: ConversationId, visible: VisibleAccounts): Promise<Customer | undefined>
  /**
   * Replaces the note about the customer of a conversation.
   *
   * @param version  of the note that was changed
   * @throws AppError `conversations.customer_note_changed`, `conversations.no_customer`, `conversations.not_found`
   */
  saveNote(id: ConversationId, body: string, version: number, authorId: string): Promise<CustomerNote>
}

/** Facts and notes about the people who write. */
export function createCustomers({
  database,
  clock,
  events,
  readText = () => Promise.resolve(),
}: {
  database: Database
  clock: Clock
  events: Events
  readText?: ReadText | undefined
}): Customers {
  const { db } = database

  async function of(id: ConversationId, visible: VisibleAccounts): Promise<Customer | undefined> {
    const address = await addressOf(id)
    if (address === undefined) return undefined
    const organization = organizationOf(address)
    const [contacts, recent, ofOrganization, note] = await Promise.all([
      readContacts(address, visible),
      readRecent(address, visible),
      organization === undefined ? [] : inOrganization(organization, visible),
      readNote(address),
    ])
    const ids = [...new Set(recent.map((row) => row.conversationId))]
    const conversations = await readConversations(ids)
    const known = new Set<ConversationId>([id, ...ids])
    return {
      address,
      names: namesIn(recent, address),
      ...contacts,
      conversations: conversations.filter((one) => one.id !== id).slice(0, MOST_CONVERSATIONS),
      organization,
      ofOrganization: ofOrganization.filter((one) => !known.has(one.id)).slice(0, MOST_CONVERSATIONS),
      files: await readFiles([id, ...conversations.map((one) => one.id)]),
      note,
    }
  }

  async function saveNote(id: ConversationId, body: string, version: number, authorId: string): Promise<CustomerNote> {
    const address = await addressOf(id)
    if (address === undefined) throw new AppError('conversations.no_customer')
    return database.transaction(async (tx) => {
      const { rows } = await sql<CustomerNote>`
      INSERT INTO customer_notes AS known (address, body, version, author_id, updated_at)
      SELECT ${address}, ${storable(body)}, ${version} + 1, ${authorId}, ${clock.now()}::timestamptz
      WHERE ${version} = 0 OR EXISTS (SELECT FROM customer_notes WHERE address = ${address})
      ON CONFLICT (address) DO UPDATE SET body = excluded.body, version = excluded.version,
        author_id = excluded.author_id, updated_at = excluded.updated_at WHERE known.version = ${version}
      RETURNING body, version, author_id AS "authorId", updated_at AS "updatedAt"`.execute(tx)
      if (!rows[0]) throw new AppError('conversations.customer_note_changed')
      const payload = { by: actorOf(authorId) }
      await events.append(tx, { kind: 'customer_note.changed', subjectId: id, payload, at: clock.now() })
      return rows[0]
    })
  }

  async function addressOf(id: ConversationId): Promise<string | undefined> {
    const row = await db.selectFrom('conversations').select('participants').where('id', '=', id).executeTakeFirst()
    if (!row) throw new AppError('conversations.not_found')
    const [first] = row.participants as { address: string }[]
    const address = first?.address.toLowerCase()
    return address !== undefined && address.length > LONGEST_ADDRESS ? undefined : address
  }

  /** Two probes of the index of senders. */
  async function readContacts(address: string, visible: VisibleAccounts) {
    const contact = (order: RawBuilder<unknown>) => sql`(SELECT received_at FROM messages
      WHERE ${isFrom(address)}${within(visible)} ORDER BY received_at ${order} LIMIT 1)`
    const { rows } = await sql<{ first: Date | null; last: Date | null }>`
      SELECT ${contact(sql`ASC`)} AS first, ${contact(sql`DESC`)} AS last`.execute(db)
    return { firstContactAt: rows[0]!.first ?? undefined, lastContactAt: rows[0]!.last ?? undefined }
  }

  async function readRecent(address: string, visible: VisibleAccounts) {
    const { rows } = await sql<{ conversationId: ConversationId; name: string | null }>`
      SELECT conversation_id AS "conversationId", from_address ->> 'name' AS name FROM messages
      WHERE ${isFrom(address)}${within(visible)} ORDER BY received_at DESC LIMIT ${MOST_MESSAGES}`.execute(db)
    return rows
  }

  async function inOrganization(domain: string, visible: VisibleAccounts): Promise<Conversation[]> {
    if (visible !== 'all' && visible.length === 0) return []
    const term = { kind: 'text', field: 'from', text: `@${domain}`, isPhrase: true, isNegated: false } as const
    const wanted = messageCondition([term], visible)!
    // More than are shown: those of the customer and of similar domains are among them.
    const most = 3 * MOST_CONVERSATIONS
    const { rows } = await searchMessages({ database, readText }, wanted, narrowedTo(visible), {
      before: undefined,
      most,
      limitMs: LIMIT_MS,
    })
    // The words of a phrase are also those of `my-contoso.com` or `contoso.com.example`.
    const isMember = ({ address }: { address: string }) => organizationOf(address) === domain
    return rows.map(toConversation).filter(({ participants }) => participants.some(isMember))
  }

  async function readConversations(ids: readonly ConversationId[]): Promise<Conversation[]> {
    if (ids.length === 0) return []
    const rows = await db
      .selectFrom('conversations')
      .selectAll()
      .where('id', 'in', [...ids])
      .where('merged_into', 'is', null)
      .where('place', '=', 'inbox')
      .orderBy('last_message_at', 'desc')
      // The one that is shown may be among them.
      .limit(MOST_CONVERSATIONS + 1)
      .execute()
    return rows.map(toConversation)
  }

  async function readFiles(ids: readonly ConversationId[]): Promise<Customer['files']> {
    const { rows } = await sql<Parameters<typeof toAttachment>[0] & { conversation_id: ConversationId; at: Date }>`
      SELECT attachments.*, recent.conversation_id, recent.received_at AS at
      FROM (SELECT id, conversation_id, received_at FROM messages
        WHERE conversation_id = ANY(${ids}::uuid[]) AND has_attachments
        ORDER BY received_at DESC LIMIT ${MOST_MESSAGES}) AS recent
      JOIN attachments ON attachments.message_id = recent.id WHERE NOT is_inline
      ORDER BY recent.received_at DESC, attachments.id LIMIT ${MOST_FILES}`.execute(db)
    return rows.map(({ conversation_id: conversationId, at: receivedAt, ...row }) => ({
      ...toAttachment(row),
      conversationId,
      receivedAt,
    }))
  }

  async function readNote(address: string): Promise<CustomerNote> {
    const row = await db.selectFrom('customer_notes').selectAll().where('address', '=', address).executeTakeFirst()
    if (!row) return { body: '', version: 0, authorId: undefined, updatedAt: undefined }
    return { body: row.body, version: row.version, authorId: row.author_id, updatedAt: row.updated_at }
  }

  return { of, saveNote }
}

function namesIn(recent: readonly { name: string | null }[], address: string): string[] {
  const names = new Set(recent.flatMap(({ name }) => (name ? [name] : [])))
  return [...names].filter((name) => !isMisleading({ name, address })).slice(0, MOST_NAMES)
}

function isFrom(address: string): RawBuilder<unknown> {
  return sql`lower(left(from_address ->> 'address', 255)) = ${address}`
}

function within(visible: VisibleAccounts): RawBuilder<unknown> {
  return visible === 'all' ? sql`` : sql` AND ${accountOf(sql`messages.conversation_id`)} = ANY(${visible}::uuid[])`
}

function narrowedTo(visible: VisibleAccounts): RawBuilder<unknown> {
  const inInbox = sql`conversations.place = 'inbox'`
  return visible === 'all' ? inInbox : sql`${inInbox} AND conversations.email_account_id = ANY(${visible}::uuid[])`
}
