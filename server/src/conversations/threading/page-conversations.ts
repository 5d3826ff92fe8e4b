import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import { newId, type ConversationId, type StoredMessageId } from '../../kernel/ids.ts'
import type { Address, RemoteMessage } from '../../mail/index.ts'
import type { FilingAccount } from '../conversations.ts'
import type { ConversationTokens } from './conversation-tokens.ts'
import { isAnotherSubject, subjectKey } from './subjects.ts'
import { recipientsAmong, recipientsSent } from './report-recipients.ts'
import { storable, storableAddress, storableId, storableLine, timeText } from '../stored/storable.ts'
import {
  hasOneOf,
  leadsOf,
  leadToAll,
  MOST_OF_ONE_REMOTE_CONVERSATION,
  otherSideOf,
  ownOf,
  participantsWith,
  reportedBy,
  tokenPlacesOf,
} from './message-leads.ts'

/** Later than that, the same subject is another matter. */
const SUBJECT_WINDOW_MS = 14 * 24 * 60 * 60_000
const MOST_SUBJECTS = 2000

/** What a message adds to its conversation. */
interface Added {
  messageId: StoredMessageId
  message: RemoteMessage
  direction: 'in' | 'out'
  unread: boolean
  /** Whether it opens a conversation that is closed. */
  reopens: boolean
}

/** A conversation as it is after the messages of the page so far. */
interface GrowingConversation {
  id: ConversationId
  isNew: boolean
  participants: Address[]
  status: 'open' | 'closed'
  subject: string
  messageCount: number
  lastMessageAt: Date
  added: Added[]
  createdAt: Date
}

export type PageConversations = Awaited<ReturnType<typeof openConversations>>

/**
 * The conversations of a page of new messages. All that the page may belong to is read at once, then each message finds
 * its home in memory as if those before it were stored already, and everything is written at the end: the same rows as
 * one message after the other, for three to seven statements a page.
 */
export async function openConversations(
  tx: Tx,
  account: FilingAccount,
  page: readonly RemoteMessage[],
  tokens: Pick<ConversationTokens, 'conversationIn'>,
) {
  const byId = new Map<ConversationId, GrowingConversation>()
  const leads = new Map<string, ConversationId>()
  const newLeads = new Map<string, ConversationId>()
  /** Message-IDs of what we sent. */
  const ours = new Set<string>()
  /** Of conversations that were put into another one. */
  const mergedInto = new Map<ConversationId, ConversationId>()
  const bySubject = new Map<string, ConversationId[]>()
  const byRemoteConversation = new Map<string, Set<ConversationId>>()

  const wanted = [...new Set(page.flatMap((message) => [...leadsOf(message), ...reportedOf(message)]))]
  if (wanted.length > 0) {
    const rows = await tx
      .selectFrom('conversation_message_ids')
      .select(['message_id', 'conversation_id', 'ours'])
      .where('email_account_id', '=', account.id)
      .where(sql<boolean>`message_id = ANY(${wanted})`)
      .execute()
    for (const row of rows) {
      leads.set(row.message_id, row.conversation_id)
      if (row.ours) ours.add(row.message_id)
    }
  }
  const reports = page.filter(({ marks }) => marks?.deliveryReport !== undefined)
  const sentTo = await recipientsSent(tx, account.id, {
    messageIds: reports.flatMap(reportedOf),
    conversationIds: reports.flatMap((message) => tokens.conversationIn(tokenPlacesOf(message)) ?? []),
  })
  await readRemoteConversations()
  const signed = page.map((message) => tokens.conversationIn(tokenPlacesOf(message))).filter((id) => id !== undefined)
  await readSubjects()
  await load(tx, [
    ...leads.values(),
    ...[...byRemoteConversation.values()].flatMap((ids) => [...ids]),
    ...signed,
    ...[...bySubject.values()].flat(),
  ])

  /** Of those messages only that no Message-ID leads home. */
  async function readRemoteConversations(): Promise<void> {
    const lost = page.filter((message) => !leadsOf(message).some((lead) => leads.has(lead)))
    const ids = [...new Set(lost.flatMap(({ remoteConversationId: id }) => (id === undefined ? [] : [id])))]
    if (ids.length === 0) return
    const { rows } = await sql<{ remote: string; id: ConversationId }>`
      SELECT wanted.remote, found.id
      FROM unnest(${ids}::text[]) AS wanted(remote)
      CROSS JOIN LATERAL (
        SELECT id FROM conversations WHERE id IN (SELECT conversation_id FROM messages
          WHERE email_account_id = ${account.id} AND remote_conversation_id = wanted.remote)
        ORDER BY last_message_at DESC, id DESC LIMIT ${MOST_OF_ONE_REMOTE_CONVERSATION}) AS found`.execute(tx)
    for (const { remote, id } of rows) ofRemoteConversation(remote).add(id)
  }

  /** Only where the account wants it: conversations of the last time, by their subject. */
  async function readSubjects(): Promise<void> {
    if (!account.joinsBySubject) return
    const lost = page.filter((message) => !leadsOf(message).some((lead) => leads.has(lead)))
    if (lost.length === 0) return
    const since = new Date(Math.min(...lost.map(({ receivedAt }) => receivedAt.getTime())) - SUBJECT_WINDOW_MS)
    const rows = await tx
      .selectFrom('conversations')
      .select(['id', 'subject'])
      .where('email_account_id', '=', account.id)
      .where('last_message_at', '>=', since)
      .where('merged_into', 'is', null)
      .orderBy('last_message_at', 'desc')
      .limit(MOST_SUBJECTS)
      .execute()
    const looked = new Set(lost.map(({ subject }) => subjectKey(subject)))
    for (const { id, subject } of rows) {
      const key = subjectKey(subject)
      if (key && looked.has(key)) bySubject.set(key, [...(bySubject.get(key) ?? []), id])
    }
  }

  /** Held until the end: who closes one meanwhile waits, and finds it as the page left it. */
  async function load(tx: Tx, ids: readonly ConversationId[]): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !byId.has(id))
    if (missing.length === 0) return
    const rows = await tx
      .selectFrom('conversations')
      .select([
        'id',
        'participants',
        'status',
        'subject',
        'message_count',
        'last_message_at',
        'created_at',
        'merged_into',
      ])
      .where(sql<boolean>`id = ANY(${missing}::uuid[])`)
      .where('email_account_id', '=', account.id)
      .orderBy('id')
      .forNoKeyUpdate()
      .execute()
    for (const row of rows) {
      if (row.merged_into) {
        mergedInto.set(row.id, row.merged_into)
        continue
      }
      byId.set(row.id, {
        id: row.id,
        isNew: false,
        participants: row.participants as Address[],
        status: row.status,
        subject: row.subject,
        messageCount: row.message_count,
        lastMessageAt: row.last_message_at,
        added: [],
        createdAt: row.created_at,
      })
    }
    const targets = rows.flatMap((row) => row.merged_into ?? [])
    if (targets.length > 0) await load(tx, targets)
  }

  /** The conversation of a new message; a new one when it belongs to none. */
  function homeOf(
    message: RemoteMessage,
    direction: 'in' | 'out',
    now: Date,
  ): { conversationId: ConversationId; isNew: boolean } {
    const known = knownHome(message, direction)
    if (known) return { conversationId: known, isNew: false }
    const id = newId<ConversationId>()
    byId.set(id, {
      id,
      isNew: true,
      participants: [],
      status: 'open',
      subject: message.subject,
      messageCount: 0,
      lastMessageAt: message.receivedAt,
      added: [],
      createdAt: now,
    })
    return { conversationId: id, isNew: true }
  }

  /**
   * What we sent and what it answers is known exactly, also where people have split a conversation since. Then a token of
   * ours, which nobody can make up; then every other Message-ID; and only when these lead nowhere the server's own idea,
   * and the subject where the account wants that, both with the same people.
   */
  function knownHome(message: RemoteMessage, direction: 'in' | 'out'): ConversationId | undefined {
    if (message.marks?.deliveryReport) return homeOfReport(message)
    const known = leadsOf(message).filter((id) => leads.has(id))
    const { messageId, inReplyTo } = message
    const exact = known.find((id) => id === messageId || (ours.has(id) && inReplyTo.includes(id)))
    return (
      existing(exact === undefined ? undefined : leads.get(exact)) ??
      existing(tokens.conversationIn(tokenPlacesOf(message))) ??
      existing(known[0] === undefined ? undefined : leads.get(known[0])) ??
      homeByServerOrSubject(message, direction)
    )
  }

  /**
   * The conversation of the message that a delivery report names by Message-ID or by our token, when the report names a
   * recipient of it. Before the Sent copy is known, that is a participant of the conversation.
   */
  function homeOfReport(message: RemoteMessage): ConversationId | undefined {
    const report = message.marks!.deliveryReport!
    const concerns = (key: string, home: ConversationId | undefined) => {
      const known = home === undefined ? undefined : byId.get(home)
      const addresses = sentTo.get(key) ?? new Set(known?.participants.map(({ address }) => address.toLowerCase()))
      return known !== undefined && recipientsAmong(report, addresses).length > 0
    }
    const reported = reportedOf(message).find((id) => ours.has(id))
    const named = existing(reported === undefined ? undefined : leads.get(reported))
    if (reported !== undefined && concerns(reported, named)) return named
    const signedId = tokens.conversationIn(tokenPlacesOf(message))
    const signedHome = existing(signedId)
    return signedId !== undefined && concerns(signedId, signedHome) ? signedHome : undefined
  }

  function homeByServerOrSubject(message: RemoteMessage, direction: 'in' | 'out'): ConversationId | undefined {
    const byServer = homeByRemoteConversation(message, direction)
    if (byServer || !account.joinsBySubject) return byServer
    const others = otherSideOf(message, direction, ownOf(account))
    const latest = message.receivedAt.getTime() + SUBJECT_WINDOW_MS
    const same = bySubject.get(subjectKey(message.subject)) ?? []
    return same.find((id) => {
      const one = byId.get(id)
      return one && one.lastMessageAt.getTime() <= latest && hasOneOf(one.participants, others)
    })
  }

  /** Where a conversation's messages are now; undefined when there is none of that id in this account. */
  function existing(id: ConversationId | undefined): ConversationId | undefined {
    const now = id && (mergedInto.get(id) ?? id)
    return now && byId.has(now) ? now : undefined
  }

  function homeByRemoteConversation(message: RemoteMessage, direction: 'in' | 'out'): ConversationId | undefined {
    const { remoteConversationId: remote } = message
    if (remote === undefined) return undefined
    const others = otherSideOf(message, direction, ownOf(account))
    return [...ofRemoteConversation(remote)]
      .flatMap((id) => byId.get(existing(id) ?? id) ?? [])
      .sort((one, other) => other.lastMessageAt.getTime() - one.lastMessageAt.getTime() || (one.id < other.id ? 1 : -1))
      .slice(0, MOST_OF_ONE_REMOTE_CONVERSATION)
      .find(({ participants }) => hasOneOf(participants, others))?.id
  }

  /** Puts the message into its conversation; says whether that was closed and is open again. */
  function add(id: ConversationId, added: Added): { isReopened: boolean; isOffTopic: boolean } {
    const growing = byId.get(id)!
    const { message } = added
    const isOffTopic = growing.messageCount > 0 && isAnotherSubject(message.subject, growing.subject)
    const own = added.direction === 'out' ? storableId(message.messageId) : undefined
    if (own !== undefined && !ours.has(own)) {
      ours.add(own)
      // An answer may have led here before: from now on it is known whose it is.
      newLeads.set(own, leads.get(own) ?? id)
    }
    for (const lead of leadsOf(message)) {
      if (leads.has(lead)) continue
      leads.set(lead, id)
      newLeads.set(lead, id)
    }
    if (message.remoteConversationId !== undefined) ofRemoteConversation(message.remoteConversationId).add(id)
    // The machine that brings a message back takes no part.
    if (growing.messageCount === 0 || !message.marks?.deliveryReport) {
      growing.participants = participantsWith(growing.participants, message, ownOf(account))
    }
    growing.lastMessageAt =
      growing.messageCount > 0 && growing.lastMessageAt > message.receivedAt
        ? growing.lastMessageAt
        : message.receivedAt
    growing.messageCount++
    growing.added.push(added)
    const isReopened = growing.status === 'closed' && added.reopens
    if (isReopened) growing.status = 'open'
    return { isReopened, isOffTopic }
  }

  /** Before the messages, which refer to them. All is known of a conversation that begins in this page. */
  async function insertNew(tx: Tx): Promise<void> {
    const rows = [...byId.values()].filter(({ isNew }) => isNew).map((growing) => newRow(account, growing))
    if (rows.length > 0) {
      await sql`
        INSERT INTO conversations (id, email_account_id, subject, status, participants, preview, unread, message_count,
          last_message_at, created_at)
        SELECT id, email_account_id, subject, status, participants, preview, unread, message_count,
          last_message_at, created_at
        FROM json_to_recordset(${JSON.stringify(rows)}::json) AS row (id uuid, email_account_id uuid, subject text,
          status text, participants jsonb, preview text, unread boolean, message_count integer,
          last_message_at timestamptz, created_at timestamptz)`.execute(tx)
    }
  }

  /** After the messages: what the list shows of the others. Old mail may be added before newer one. */
  async function save(tx: Tx): Promise<void> {
    await leadToAll(tx, account.id, newLeads, ours)
    const rows = [...byId.values()]
      .filter(({ isNew, added }) => !isNew && added.length > 0)
      .map(({ id, participants, status, added }) => {
        return { id, participants: participants.map(storableAddress), status, added: added.length }
      })
    if (rows.length === 0) return
    await sql`
      UPDATE conversations AS grown SET
        participants = row.participants,
        status = row.status,
        message_count = message_count + row.added,
        unread = EXISTS (SELECT 1 FROM messages WHERE conversation_id = row.id AND unread),
        (preview, last_message_at) = (SELECT preview, received_at FROM messages WHERE conversation_id = row.id
          ORDER BY received_at DESC, id DESC LIMIT 1),
        subject = (SELECT subject FROM messages WHERE conversation_id = row.id ORDER BY received_at, id LIMIT 1)
      FROM json_to_recordset(${JSON.stringify(rows)}::json)
        AS row (id uuid, participants jsonb, status text, added integer)
      WHERE grown.id = row.id`.execute(tx)
  }

  function ofRemoteConversation(id: string): Set<ConversationId> {
    let ids = byRemoteConversation.get(id)
    if (!ids) byRemoteConversation.set(id, (ids = new Set()))
    return ids
  }

  return { load, existing, homeOf, add, insertNew, save }
}

function reportedOf(message: RemoteMessage): string[] {
  const id = reportedBy(message)
  return id === undefined ? [] : [id]
}

function newRow(account: FilingAccount, { id, participants, added, createdAt }: GrowingConversation) {
  const byTime = added.toSorted(
    (one, other) =>
      one.message.receivedAt.getTime() - other.message.receivedAt.getTime() ||
      (one.messageId < other.messageId ? -1 : 1),
  )
  const first = byTime[0]!.message
  const last = byTime.at(-1)!.message
  return {
    id,
    email_account_id: account.id,
    subject: storableLine(first.subject),
    status: 'open',
    participants: participants.map(storableAddress),
    preview: storable(last.preview),
    unread: added.some(({ unread }) => unread),
    message_count: added.length,
    last_message_at: timeText(last.receivedAt),
    created_at: timeText(createdAt),
  }
}
