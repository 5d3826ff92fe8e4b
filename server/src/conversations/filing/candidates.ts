import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import { createMessageKey, type Address, type MessageBody, type RemoteMessage } from '../../mail/index.ts'
import { compareContent, createContentKey, hasEqualSource, type ComparedContent } from './content-comparison.ts'
import { KNOWN, type Known } from './known-message.ts'
import { storable, storableAddress, storableId, timeText } from '../stored/storable.ts'

/** Maximum number of candidates compared per message. Programs and attackers reuse a Message-ID without limit. */
const MOST_CANDIDATES = 20

/** A remote message with its keys. */
export interface Keyed {
  message: RemoteMessage
  key: Buffer
  contentKey: Buffer
}

export function addKeys(message: RemoteMessage): Keyed {
  const key = createMessageKey(message)
  return { message, key, contentKey: createContentKey(key, message) }
}

/** A stored message that may be one of the remote messages. */
export interface Candidate extends Known {
  message_key: Buffer
  message_id: string | null
  from_address: unknown
  sent_at: Date | null
  received_at: Date
  source_bytes: number | null
}

/** Result of comparing a message with its candidates. */
export interface Comparison {
  same: Candidate | undefined
  /** Candidates with the same text but different attachments. */
  changed: readonly Candidate[]
}

/**
 * Loads the candidates of messages: stored messages with one of their keys or their Message-ID. For a message without a
 * Message-ID, loads those received at the same time: another version of Postkey may extract another text, which changes
 * the key.
 *
 * Cost: one statement, using three indexes.
 */
export async function loadCandidates(
  db: Kysely<Schema>,
  accountId: EmailAccountId,
  asked: readonly Keyed[],
): Promise<Candidate[]> {
  if (asked.length === 0) return []
  const keys = asked.flatMap(({ key, contentKey }) => [key, contentKey])
  const ids = asked.flatMap(({ message }) => storableId(message.messageId) ?? [])
  const times = asked.flatMap(({ message }) => (isFoundByTime(message) ? [timeText(message.receivedAt)] : []))
  const found = [sql<boolean>`message_key = ANY(${keys}::bytea[])`]
  if (ids.length > 0) found.push(sql<boolean>`messages.message_id = ANY(${ids}::text[])`)
  if (times.length > 0)
    found.push(sql<boolean>`messages.message_id IS NULL AND received_at = ANY(${times}::timestamptz[])`)
  return db
    .selectFrom('messages')
    .leftJoin('message_sources', 'message_sources.message_id', 'messages.id')
    .select(KNOWN)
    .select(['message_key', 'messages.message_id', 'from_address', 'sent_at', 'received_at'])
    .select('message_sources.size_bytes as source_bytes')
    .where('email_account_id', '=', accountId)
    .where((eb) => eb.or(found))
    .orderBy('messages.id', 'desc')
    .execute()
}

/**
 * Finds the candidates of one message: first those with its keys, then those with its bytes, then the latest stored.
 */
export function createCandidateIndex(
  candidates: readonly Candidate[],
): (asked: Keyed) => { own: Candidate[]; hasKey: boolean } {
  const byKey = new Map(candidates.map((one) => [textOf(one.message_key), one]))
  const byLead = Map.groupBy(candidates, (one) => one.message_id ?? one.received_at.getTime())
  return ({ key, contentKey, message }) => {
    const id = storableId(message.messageId)
    const lead = id ?? (isFoundByTime(message) ? message.receivedAt.getTime() : undefined)
    const others = lead === undefined ? [] : (byLead.get(lead) ?? [])
    const size = message.source?.length
    const related = others.filter((one) => one.source_bytes === size || (id !== undefined && isRelated(one, message)))
    const ranked = [
      ...[byKey.get(textOf(contentKey)), byKey.get(textOf(key))].filter((one) => one !== undefined),
      ...related.filter((one) => one.source_bytes === size),
      ...related,
    ]
    return { own: [...new Set(ranked)].slice(0, MOST_CANDIDATES), hasKey: byKey.has(textOf(key)) }
  }
}

/**
 * Compares a message with its candidates: equal bytes first, then equal content. A candidate without a common key must
 * also have the same text.
 *
 * Cost: none for a single candidate of equal content. Otherwise one statement for each candidate of equal size, and one
 * for each with other keys.
 */
export async function compareCandidates(
  db: Kysely<Schema>,
  { message, key, contentKey }: Keyed,
  own: readonly Candidate[],
  contents: ReadonlyMap<StoredMessageId, ComparedContent>,
): Promise<Comparison> {
  const isKeyed = (one: Candidate) => one.message_key.equals(key) || one.message_key.equals(contentKey)
  if (own.length > 1 || !own.every(isKeyed)) {
    for (const one of own) if (await hasEqualSource(db, one, contents.get(one.id), message)) return { same: one, changed: [] } // prettier-ignore
  }
  const changed: Candidate[] = []
  for (const one of own) {
    if (one.message_key.equals(contentKey)) return { same: one, changed: [] }
    if (!isKeyed(one) && !isRelated(one, message)) continue
    const content = await compareContent(db, one, contents.get(one.id), message)
    if (content === 'other' || (!isKeyed(one) && !(await hasText(db, one.id, message)))) continue
    if (content === 'same') return { same: one, changed: [] }
    changed.push(one)
  }
  return { same: undefined, changed }
}

function isFoundByTime({ messageId, source }: RemoteMessage): boolean {
  return storableId(messageId) === undefined && source !== undefined
}

/** Returns true for the same Message-ID, sender and date: the parts of the message key other than the text. */
function isRelated(one: Candidate, { messageId, from, sentAt }: RemoteMessage): boolean {
  const id = storableId(messageId)
  const sender = (one.from_address as Address | null)?.address.toLowerCase()
  return (
    id !== undefined &&
    one.message_id === id &&
    sender === (from && storableAddress(from).address.toLowerCase()) &&
    secondsOf(one.sent_at ?? undefined) === secondsOf(sentAt)
  )
}

async function hasText(db: Kysely<Schema>, id: StoredMessageId, message: RemoteMessage): Promise<boolean> {
  const row = await db.selectFrom('messages').select(['body_type', 'body']).where('id', '=', id).executeTakeFirst()
  if (!row) return false
  const keyWith = (type: MessageBody['type'], content: string) =>
    createMessageKey({ ...message, body: { type, content } })
  return keyWith(row.body_type, row.body).equals(keyWith(message.body.type, storable(message.body.content)))
}

function secondsOf(time: Date | undefined): number | undefined {
  return time && Math.floor(time.getTime() / 1000)
}

function textOf(key: Buffer): string {
  return key.toString('latin1')
}
