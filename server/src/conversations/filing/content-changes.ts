import { sql } from 'kysely'
import type { Database } from '../../database/index.ts'
import type { EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import { isOfOtherProtocol, createMessageKey, type RemoteMessage } from '../../mail/index.ts'
import { compareCandidates, createCandidateIndex, addKeys, loadCandidates } from './candidates.ts'
import { areOfEarlierProtocol, storedContents } from './content-comparison.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { storableId } from '../stored/storable.ts'

/** Facts by which `sync` decides whether to compare the content of a message that the server reports as changed. */
export interface ContentState {
  receivedAt: Date
  flags: readonly string[]
  /** True if Graph listed the attachments. Those parsed from a source have other names and sizes. */
  hasListedAttachments: boolean
}

/** A stored message whose attachments were never listed. */
export interface UnlistedTwin {
  id: StoredMessageId
  remoteId: string
}

/** Finds the messages of a page whose content may have changed, before `sync` stores the page. */
export function createContentChanges({ database }: { database: Database }) {
  const { db } = database

  async function findContentStates(
    accountId: EmailAccountId,
    remoteIds: readonly string[],
  ): Promise<Map<string, ContentState>> {
    if (remoteIds.length === 0) return new Map()
    const rows = await db
      .selectFrom('messages')
      .leftJoin('message_sources', 'message_sources.message_id', 'messages.id')
      .select(['remote_id', 'received_at', 'flags', 'has_attachments', 'attachments_known', 'size_bytes'])
      .select(areOfEarlierProtocol().as('are_of_earlier_protocol'))
      .where('email_account_id', '=', accountId)
      .where(sql<boolean>`remote_id = ANY(${[...remoteIds]})`)
      .execute()
    return new Map(
      rows.map((row) => [
        row.remote_id,
        {
          receivedAt: row.received_at,
          flags: row.flags,
          hasListedAttachments:
            row.has_attachments && row.attachments_known && row.size_bytes === null && !row.are_of_earlier_protocol,
        },
      ]),
    )
  }

  /** One statement. */
  async function findUnlistedTwins(
    account: FilingAccount,
    messages: readonly RemoteMessage[],
  ): Promise<Map<RemoteMessage, UnlistedTwin | undefined>> {
    const withFiles = messages.filter(({ hasAttachments, messageId }) => hasAttachments && storableId(messageId))
    const twins = new Map<RemoteMessage, UnlistedTwin | undefined>()
    if (withFiles.length === 0) return twins
    const keys = new Map(withFiles.map((message) => [message, createMessageKey(message).toString('hex')]))
    const rows = await db
      .selectFrom('messages')
      .select(['id', 'remote_id', 'message_key', 'attachments_known'])
      .where('email_account_id', '=', account.id)
      .where(sql<boolean>`message_id = ANY(${withFiles.map(({ messageId }) => storableId(messageId))})`)
      .where('has_attachments', '=', true)
      .where('direction', '=', 'in')
      .execute()
    for (const [message, key] of keys) {
      const stored = rows.find((row) => row.message_key.toString('hex') === key && row.remote_id !== message.remoteId)
      const isRepeated = withFiles.some((other) => other !== message && keys.get(other) === key)
      if (!stored && !isRepeated) continue
      const isUnlisted = stored?.attachments_known === false && !isOfOtherProtocol(stored.remote_id, message.remoteId)
      twins.set(message, isUnlisted ? { id: stored.id, remoteId: stored.remote_id } : undefined)
    }
    return twins
  }

  /** One statement if no Message-ID is known; otherwise three, plus those of `compareCandidates`. */
  async function findEarlierVersions(
    account: FilingAccount,
    messages: readonly RemoteMessage[],
  ): Promise<Map<RemoteMessage, string[][]>> {
    const earlier = new Map<RemoteMessage, string[][]>()
    const asked = messages.flatMap((message) => (storableId(message.messageId) ? [addKeys(message)] : []))
    const loaded = await loadCandidates(db, account.id, asked)
    if (loaded.length === 0) return earlier
    const candidatesOf = createCandidateIndex(loaded)
    const compared = asked.map((each) => ({ each, ...candidatesOf(each) }))
    const ids = [...new Set(compared.flatMap(({ own }) => own.map(({ id }) => id)))]
    const contents = await storedContents(db, ids)
    const places = await findLocations(ids)
    for (const { each, own } of compared) {
      const { message } = each
      if (own.some(({ id }) => places.get(id)?.includes(message.remoteId))) continue
      const { same, changed } = await compareCandidates(db, each, own, contents)
      if (!same && changed.length > 0) earlier.set(message, changed.map(({ id }) => places.get(id) ?? [])) // prettier-ignore
    }
    return earlier
  }

  async function findLocations(ids: readonly StoredMessageId[]): Promise<Map<StoredMessageId, string[]>> {
    const rows = await db
      .selectFrom('message_locations')
      .select(['message_id', 'remote_id'])
      .where(sql<boolean>`message_id = ANY(${[...ids]}::uuid[])`)
      .execute()
    const places = new Map<StoredMessageId, string[]>()
    for (const row of rows) places.set(row.message_id, [...(places.get(row.message_id) ?? []), row.remote_id])
    return places
  }

  return { findContentStates, findUnlistedTwins, findEarlierVersions }
}
