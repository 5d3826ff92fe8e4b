import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import type { FolderId, StoredMessageId } from '../kernel/ids.ts'
import { traceOf, type MessageBody } from '../mail/index.ts'
import { areSameAttachments, compareContent, storedContents } from './content-comparison.ts'
import type { Met } from './filing.ts'
import type { FilingAccount } from './conversations.ts'
import { KNOWN, type Known } from './known.ts'
import { sourceOf } from './sources.ts'
import { storable, storableId } from './storable.ts'

export interface Recognized {
  /** Undefined for another message with the key of a stored one. */
  known: Known | undefined
  isReplaced: boolean
}

/**
 * Messages with the keys of stored ones. Equal keys and equal content are the same message. Where the content differs, it
 * was replaced when the stored message lies nowhere any more or came by the same delivery; otherwise it is another message,
 * and gets its content key.
 *
 * Cost: nothing without equal keys, else two statements.
 */
export async function recognizeByKey(
  tx: Tx,
  strange: readonly Met[],
  rows: readonly (Known & { message_key: Buffer })[],
): Promise<Map<Met, Recognized>> {
  const found = new Map<Met, Recognized>()
  for (const met of strange) met.isSecond = false
  if (rows.length === 0) return found
  const byKey = new Map(rows.map((row) => [row.message_key.toString('latin1'), row]))
  const ids = rows.map(({ id }) => id)
  const contents = await storedContents(tx, ids)
  const located = await locatedAmong(tx, ids)
  for (const met of strange) {
    const exact = byKey.get(met.contentKey.toString('latin1'))
    const known = exact ?? byKey.get(met.key.toString('latin1'))
    if (!known) continue
    const isSentCopy = met.place?.role === 'sent'
    const content = exact || isSentCopy ? 'same' : await compareContent(tx, known, contents.get(known.id), met.message)
    if (content === 'same') found.set(met, { known, isReplaced: false })
    else if (content === 'changed' && (await isLaterVersion(tx, met, known, located)))
      found.set(met, { known, isReplaced: true })
    else {
      met.isSecond = true
      found.set(met, { known: undefined, isReplaced: false })
    }
  }
  return found
}

/**
 * Messages with the Message-ID and the bytes of stored ones, whose keys differ: an earlier version of Postkey read other
 * words in them.
 *
 * Cost: one statement, and one for each stored message of the same Message-ID and size.
 */
export async function recognizeBySource(
  tx: Tx,
  account: FilingAccount,
  strange: readonly Met[],
): Promise<Map<Met, Recognized>> {
  const found = new Map<Met, Recognized>()
  const asked = strange.flatMap((met) => {
    const { messageId, source } = met.message
    const id = source && storableId(messageId)
    return id === undefined ? [] : [{ met, id, source: source! }]
  })
  if (asked.length === 0) return found
  const rows = await tx
    .selectFrom('messages')
    .innerJoin('message_sources', 'message_sources.message_id', 'messages.id')
    .select([...KNOWN.map((column) => `messages.${column}` as const), 'messages.message_id', 'size_bytes'])
    .where('messages.email_account_id', '=', account.id)
    .where(sql<boolean>`messages.message_id = ANY(${asked.map(({ id }) => id)})`)
    .execute()
  for (const { met, id, source } of asked) {
    for (const row of rows) {
      if (row.message_id !== id || row.size_bytes !== source.length) continue
      if (!(await sourceOf({ db: tx }, row.id))?.equals(source)) continue
      found.set(met, { known: row, isReplaced: false })
      break
    }
  }
  return found
}

/** A server may lay the later version beside the earlier one first: both have the trace fields of one delivery. */
async function isLaterVersion(tx: Tx, { message, place }: Met, known: Known, located: Located): Promise<boolean> {
  const folders = located.get(known.id)
  if (message.replaces !== undefined || !folders) return true
  // In another folder, an archive may keep a copy without the attachments.
  if (!message.source || !place || !folders.has(place.id)) return false
  const trace = traceOf(message.source)
  const stored = trace.length === 0 ? undefined : await sourceOf({ db: tx }, known.id)
  return stored !== undefined && isDeepStrictEqual(traceOf(stored), trace)
}

/** Folders in which messages lie; nothing for one that lies nowhere. */
type Located = ReadonlyMap<StoredMessageId, ReadonlySet<FolderId>>

async function locatedAmong(tx: Tx, ids: readonly StoredMessageId[]): Promise<Located> {
  const rows = await tx
    .selectFrom('message_locations')
    .select(['message_id', 'folder_id'])
    .where(sql<boolean>`message_id = ANY(${[...ids]}::uuid[])`)
    .execute()
  const located = new Map<StoredMessageId, Set<FolderId>>()
  for (const row of rows) located.set(row.message_id, (located.get(row.message_id) ?? new Set()).add(row.folder_id))
  return located
}

/**
 * Messages whose id stays with them (Graph) and whose content is not the stored one any more. Asked only of those that the
 * server reported as changed.
 */
export async function replacedByOwnId(
  tx: Tx,
  page: readonly Met[],
  known: ReadonlyMap<string, Known>,
): Promise<Set<Met>> {
  const asked = page.filter(({ message: { replaces, remoteId } }) => replaces === remoteId && known.has(remoteId))
  const replaced = new Set<Met>()
  if (asked.length === 0) return replaced
  const ids = asked.map(({ message }) => known.get(message.remoteId)!.id)
  const contents = await storedContents(tx, ids)
  const bodies = await bodiesOf(tx, ids)
  for (const met of asked) {
    const { attachments, body, remoteId } = met.message
    const { id } = known.get(remoteId)!
    const before = bodies.get(id)
    const { sourceBytes, attachments: stored } = contents.get(id) ?? {}
    // Read by IMAP: Graph gives text and attachments in another form.
    if (sourceBytes !== undefined) continue
    const hasOtherText =
      before !== undefined &&
      !before.message_key.equals(met.key) &&
      (before.body_type !== body.type || before.body !== storable(body.content))
    if (hasOtherText || (attachments && stored && !areSameAttachments(stored, attachments))) replaced.add(met)
  }
  return replaced
}

async function bodiesOf(tx: Tx, ids: readonly StoredMessageId[]) {
  const rows = await tx
    .selectFrom('messages')
    .select(['id', 'message_key', 'body_type', 'body'])
    .where(sql<boolean>`id = ANY(${[...ids]}::uuid[])`)
    .execute()
  return new Map<StoredMessageId, { message_key: Buffer; body_type: MessageBody['type']; body: string }>(
    rows.map((row) => [row.id, row]),
  )
}
