import { createHash } from 'node:crypto'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import {
  cleanFileName,
  IMAP_PREFIX,
  isOfOtherProtocol,
  normalizeSubject,
  PART_NUMBER,
  type RemoteAttachment,
  type RemoteMessage,
} from '../../mail/index.ts'
import type { Known } from './known-message.ts'
import { findSource } from '../stored/message-sources.ts'
import { storable, storableLine } from '../stored/storable.ts'

/** Sizes are estimated from the encoded length: servers that encode again change them slightly. */
const SIZE_TOLERANCE_BYTES = 16
const SIZE_TOLERANCE = 0.01

type Compared = Pick<RemoteAttachment, 'name' | 'sizeBytes'>

/** Stored content of a message that comparisons use. */
export interface ComparedContent {
  subject: string
  sourceBytes: number | undefined
  /** Undefined if never listed by the present protocol of the message. */
  attachments: readonly Compared[] | undefined
}

/**
 * Key of a message that shares its message key with another one but has another subject or other attachments: a second
 * message with the Message-ID, date, sender and text of the first.
 */
export function createContentKey(key: Buffer, { subject, attachments, hasAttachments }: RemoteMessage): Buffer {
  const listed = attachments?.map(({ name, sizeBytes }) => [nameOf({ name }), sizeBytes]) ?? hasAttachments
  return createHash('sha256')
    .update(key)
    .update(JSON.stringify([plainSubject(subject), listed]))
    .digest()
}

/** Stored contents of messages. One statement. */
export async function storedContents(
  db: Kysely<Schema>,
  ids: readonly StoredMessageId[],
): Promise<Map<StoredMessageId, ComparedContent>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<{
    id: StoredMessageId
    subject: string
    bytes: string | null
    attachments: Compared[] | null
  }>`
    SELECT messages.id, messages.subject, source.size_bytes AS bytes, CASE WHEN (attachments_known OR NOT has_attachments) AND NOT ${areOfEarlierProtocol()} THEN coalesce(
        (SELECT json_agg(json_build_object('name', name, 'sizeBytes', size_bytes)) FROM attachments WHERE message_id = messages.id), '[]'::json)
      END AS attachments
    FROM messages LEFT JOIN message_sources source ON source.message_id = messages.id
    WHERE messages.id = ANY(${[...ids]}::uuid[])`.execute(db)
  return new Map(
    rows.map((row) => [
      row.id,
      {
        subject: row.subject,
        sourceBytes: row.bytes === null ? undefined : Number(row.bytes),
        attachments: row.attachments ?? undefined,
      },
    ]),
  )
}

/**
 * True for messages of Graph whose attachments were parsed from a source, before the mailbox was switched from IMAP: they
 * have other names and sizes. On columns of `messages`.
 */
export function areOfEarlierProtocol(): RawBuilder<boolean> {
  return sql<boolean>`(NOT starts_with(messages.remote_id, ${IMAP_PREFIX}) AND EXISTS (SELECT FROM attachments AS parsed
    WHERE parsed.message_id = messages.id AND parsed.remote_id ~ ${PART_NUMBER.source}))`
}

/**
 * Compares a message with the stored one that has its key.
 *
 * - `changed`: other attachments, perhaps a later version.
 * - `other`: another subject, so another message.
 * - `same`: equal, or not comparable. Not comparable are sent messages (each server encodes its copy), messages read by
 *   the other protocol, and attachments that were never listed.
 *
 * Cost: one statement if the content differs and the sizes of the sources are equal.
 */
export async function compareContent(
  db: Kysely<Schema>,
  known: Known,
  stored: ComparedContent | undefined,
  message: RemoteMessage,
): Promise<'same' | 'changed' | 'other'> {
  if (!stored || known.direction === 'out' || isOfOtherProtocol(known.remote_id, message.remoteId)) return 'same'
  const isOther = !isSameSubject(stored.subject, message.subject)
  if (!isOther && hasSameAttachments(known, stored, message)) return 'same'
  if (await hasEqualSource(db, known, stored, message)) return 'same'
  return isOther ? 'other' : 'changed'
}

/**
 * Compares the bytes of a message with those of a stored one: a later version of Postkey may read them in another way.
 *
 * Cost: one statement where the sizes are equal.
 */
export async function hasEqualSource(
  db: Kysely<Schema>,
  { id }: Known,
  stored: ComparedContent | undefined,
  { source }: RemoteMessage,
): Promise<boolean> {
  if (!source || source.length !== stored?.sourceBytes) return false
  return (await findSource({ db }, id))?.equals(source) ?? false
}

function hasSameAttachments(known: Known, stored: ComparedContent, message: RemoteMessage): boolean {
  if (known.has_attachments !== message.hasAttachments) return false
  if (!message.hasAttachments || !message.attachments || !stored.attachments) return true
  return areSameAttachments(stored.attachments, message.attachments)
}

/** Compares subjects as suffixes, because gateways and mailing lists add prefixes. */
function isSameSubject(one: string, other: string): boolean {
  const [some, others] = [plainSubject(one), plainSubject(other)]
  return some.endsWith(others) || others.endsWith(some)
}

function plainSubject(subject: string): string {
  const withoutMarks = storableLine(subject).replace(/^(?:\[[^\]]{1,40}\]\s{0,3}){1,5}/, '')
  return normalizeSubject(withoutMarks).toLowerCase()
}

export function areSameAttachments(some: readonly Compared[], others: readonly Compared[]): boolean {
  if (some.length !== others.length) return false
  const sorted = (all: readonly Compared[]) =>
    all.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)) || a.sizeBytes - b.sizeBytes)
  const rest = sorted(others)
  return sorted(some).every((one, n) => {
    const other = rest[n]!
    const tolerance = SIZE_TOLERANCE_BYTES + Math.max(one.sizeBytes, other.sizeBytes) * SIZE_TOLERANCE
    return nameOf(one) === nameOf(other) && Math.abs(one.sizeBytes - other.sizeBytes) <= tolerance
  })
}

/**
 * Normalizes a file name as it is stored, and without `.eml`, as earlier versions of Postkey named attached messages.
 */
function nameOf({ name }: Pick<Compared, 'name'>): string {
  return storable(cleanFileName(name))
    .replace(/\.eml$/i, '')
    .toLowerCase()
}
