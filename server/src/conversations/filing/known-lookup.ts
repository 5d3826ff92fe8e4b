import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import { storable } from '../stored/storable.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { KNOWN, type Known } from './known-message.ts'
import type { MetMessage } from './met-message.ts'
import { findOtherProtocol } from './protocol-switch.ts'
import { recognize, replacedByOwnId } from './recognition.ts'

/** A stored message that the server reports again. */
export interface Match {
  known: Known
  /** Synchronization round in which its folder last had it; undefined when it is new in this folder. */
  round: number | undefined
  /** True if the server replaced its content. */
  isReplaced: boolean
}

/** Finds a stored message by its id on the server, or by that of one of its copies. */
export async function findKnown(tx: Tx, account: FilingAccount, remoteId: string): Promise<Known | undefined> {
  const byId = await tx
    .selectFrom('messages')
    .select(KNOWN)
    .where('email_account_id', '=', account.id)
    .where('remote_id', '=', remoteId)
    .executeTakeFirst()
  if (byId) return byId
  return tx
    .selectFrom('message_locations')
    .innerJoin('messages', 'messages.id', 'message_locations.message_id')
    .select(KNOWN)
    .where('messages.email_account_id', '=', account.id)
    .where('message_locations.remote_id', '=', remoteId)
    .executeTakeFirst()
}

/** Reads a stored message again, after its content was replaced. */
export async function reloadKnown(tx: Tx, { id }: Known): Promise<Known> {
  return tx.selectFrom('messages').select(KNOWN).where('id', '=', id).executeTakeFirstOrThrow()
}

/**
 * Finds the stored messages of a page by their ids on the server, then by keys, Message-IDs and bytes, then as messages
 * of the other protocol. A message with the key of a stored one and other content is a later version where the server no
 * longer has the earlier content. Otherwise it is another message, stored by its content key.
 *
 * Cost: three statements; two more where a key or Message-ID is known.
 */
export async function findMatches(
  tx: Tx,
  account: FilingAccount,
  page: readonly MetMessage[],
): Promise<Map<MetMessage, Match>> {
  const remoteIds = page.map(({ message }) => message.remoteId)
  const byId = await tx
    .selectFrom('messages')
    .select(KNOWN)
    .where('email_account_id', '=', account.id)
    .where(sql<boolean>`remote_id = ANY(${remoteIds})`)
    .execute()
  const byPlace = await tx
    .selectFrom('message_locations')
    .innerJoin('messages', 'messages.id', 'message_locations.message_id')
    .select(KNOWN)
    .select([
      'message_locations.remote_id as place_remote_id',
      'message_locations.folder_id',
      'message_locations.round',
    ])
    .where('messages.email_account_id', '=', account.id)
    .where(sql<boolean>`message_locations.remote_id = ANY(${remoteIds})`)
    .execute()
  const ids = new Map(byId.map((row) => [row.remote_id, row]))
  const places = new Map(byPlace.map((row) => [row.place_remote_id, row]))
  const unknown = page.filter(({ message: { remoteId } }) => !ids.has(remoteId) && !places.has(remoteId))
  const recognized = await recognize(tx, account, unknown)
  const replacedHere = await replacedByOwnId(tx, page, ids)
  const crossed = await findOtherProtocol(tx, account, unknown.filter((met) => !recognized.has(met))) // prettier-ignore

  const matches = new Map<MetMessage, Match>()
  for (const met of page) {
    const { remoteId } = met.message
    const other = recognized.get(met)
    const known = ids.get(remoteId) ?? places.get(remoteId) ?? other?.known ?? crossed.get(met)
    const here = byPlace.find(
      (row) => row.place_remote_id === remoteId && row.folder_id === met.place?.id && row.id === known?.id,
    )
    const isReplaced = other?.isReplaced ?? replacedHere.has(met)
    if (known) matches.set(met, { known, round: here?.round, isReplaced })
  }
  return matches
}

/** True when folder, id, flags and attachments are as stored, so that a merge would write nothing. */
export function isUnchanged({ known, round }: Match, { message }: MetMessage): boolean {
  return (
    round !== undefined &&
    known.presence === 'present' &&
    known.remote_id === message.remoteId &&
    known.has_attachments === message.hasAttachments &&
    isSameSet(known.flags, message.flags.map(storable))
  )
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return [...new Set(some)].sort().join('\n') === [...new Set(others)].sort().join('\n')
}
