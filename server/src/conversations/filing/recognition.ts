import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { FolderId, StoredMessageId } from '../../kernel/ids.ts'
import { readTrace, type MessageBody, type RemoteMessage } from '../../mail/index.ts'
import { compareCandidates, createCandidateIndex, addKeys, loadCandidates, type Candidate } from './candidates.ts'
import { areSameAttachments, storedContents } from './content-comparison.ts'
import type { MetMessage } from './met-message.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import type { Known } from './known-message.ts'
import { findSource } from '../stored/message-sources.ts'
import { storable } from '../stored/storable.ts'

export interface Recognized {
  /** Undefined for a different message that has the key of a stored one. */
  known: Known | undefined
  isReplaced: boolean
}

/**
 * Recognizes messages as stored ones: by equal bytes, then by equal content, then as a later version of one with other
 * attachments. An unrecognized message with the key of a stored one is a different message and gets its content key.
 *
 * Cost: one statement; two more if a Message-ID or a key is known, plus those of `compareCandidates`.
 */
export async function recognize(
  tx: Tx,
  account: FilingAccount,
  strange: readonly MetMessage[],
): Promise<Map<MetMessage, Recognized>> {
  const found = new Map<MetMessage, Recognized>()
  for (const met of strange) met.isSecond = false
  const loaded = await loadCandidates(tx, account.id, strange)
  if (loaded.length === 0) return found
  const candidatesOf = createCandidateIndex(loaded)
  const asked = strange.map((met) => ({ met, ...candidatesOf(met) }))
  const ids = [...new Set(asked.flatMap(({ own }) => own.map(({ id }) => id)))]
  if (ids.length === 0) return found
  const contents = await storedContents(tx, ids)
  const located = await locatedAmong(tx, ids)
  for (const { met, own, hasKey } of asked) {
    if (own.length === 0) continue
    const { same, changed } = await compareCandidates(tx, met, own, contents)
    const sentCopy = met.place?.role === 'sent' ? own.find((one) => one.message_key.equals(met.key)) : undefined
    const known = same ?? sentCopy ?? (await laterVersionOf(tx, met, changed, located))
    met.isSecond = !known && hasKey
    if (known || hasKey) found.set(met, { known, isReplaced: known !== undefined && known !== (same ?? sentCopy) })
  }
  return found
}

/** Returns the stored message with the same bytes or content, or `preferred` if several match. */
export async function findSame(
  tx: Tx,
  account: FilingAccount,
  message: RemoteMessage,
  preferred: StoredMessageId,
): Promise<Known | undefined> {
  const keyed = addKeys(message)
  const { own } = createCandidateIndex(await loadCandidates(tx, account.id, [keyed]))(keyed)
  const ranked = [...own.filter(({ id }) => id === preferred), ...own.filter(({ id }) => id !== preferred)]
  const contents = await storedContents(tx, ranked.map(({ id }) => id)) // prettier-ignore
  return (await compareCandidates(tx, keyed, ranked, contents)).same
}

/**
 * Returns the stored message that this one is a later version of. In order: the one that the server replaced, one of
 * the same delivery in the same folder, or one without any location. A server may store the later version before it
 * removes the earlier one.
 */
async function laterVersionOf(
  tx: Tx,
  { message, place }: MetMessage,
  changed: readonly Candidate[],
  located: Located,
): Promise<Candidate | undefined> {
  const placesOf = ({ id }: Candidate) => located.get(id) ?? []
  const isReplaced = (one: Candidate) =>
    one.remote_id === message.replaces || placesOf(one).some(({ remote_id: id }) => id === message.replaces)
  const replaced = message.replaces === undefined ? undefined : changed.find(isReplaced)
  if (replaced) return replaced
  const trace = message.source ? readTrace(message.source) : []
  if (trace.length > 0) {
    for (const one of changed) {
      // A copy in another folder, such as an archive, may have lost its attachments.
      if (!placesOf(one).some(({ folder_id: id }) => id === place?.id)) continue
      const stored = await findSource({ db: tx }, one.id)
      if (stored && isDeepStrictEqual(readTrace(stored), trace)) return one
    }
  }
  const nowhere = changed.filter((one) => placesOf(one).length === 0)
  // Prefers a message that just left a folder to one known to be deleted.
  return nowhere.find(({ presence }) => presence !== 'gone') ?? nowhere[0]
}

/** Folders and remote ids of messages; no entry for a message without a location. */
type Located = ReadonlyMap<StoredMessageId, readonly { folder_id: FolderId; remote_id: string }[]>

async function locatedAmong(tx: Tx, ids: readonly StoredMessageId[]): Promise<Located> {
  const rows = await tx
    .selectFrom('message_locations')
    .select(['message_id', 'folder_id', 'remote_id'])
    .where(sql<boolean>`message_id = ANY(${[...ids]}::uuid[])`)
    .execute()
  return Map.groupBy(rows, ({ message_id: id }) => id)
}

/**
 * Messages whose content changed under an unchanged id (Graph). Call it only for messages that the server reported as
 * changed.
 */
export async function replacedByOwnId(
  tx: Tx,
  page: readonly MetMessage[],
  known: ReadonlyMap<string, Known>,
): Promise<Set<MetMessage>> {
  const asked = page.filter(({ message: { replaces, remoteId } }) => replaces === remoteId && known.has(remoteId))
  const replaced = new Set<MetMessage>()
  if (asked.length === 0) return replaced
  const ids = asked.map(({ message }) => known.get(message.remoteId)!.id)
  const contents = await storedContents(tx, ids)
  const bodies = await bodiesOf(tx, ids)
  for (const met of asked) {
    const { attachments, body, remoteId } = met.message
    const { id } = known.get(remoteId)!
    const before = bodies.get(id)
    const { sourceBytes, attachments: stored } = contents.get(id) ?? {}
    // Stored from IMAP: Graph returns text and attachments in another form, so a comparison is meaningless.
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
