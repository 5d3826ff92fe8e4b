/**
 * Recognizes messages of the other protocol. After a mailbox switches between Graph and IMAP, all its mail comes again with
 * other ids. Each message stays one, without an event.
 */
import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import {
  createSwitchKey,
  IMAP_PREFIX,
  isOfOtherProtocol,
  createMessageKey,
  type Address,
  type RemoteMessage,
} from '../../mail/index.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import type { MetMessage } from './met-message.ts'
import { KNOWN, type Known } from './known-message.ts'
import { storableId } from '../stored/storable.ts'

/** Finds stored messages of the other protocol for messages with unknown ids and keys. Each stored message matches once. */
export async function findOtherProtocol(
  tx: Tx,
  account: FilingAccount,
  strange: readonly MetMessage[],
): Promise<Map<MetMessage, Known>> {
  const crossed = new Map<MetMessage, Known>()
  const messageIds = strange.flatMap(({ message }) => storableId(message.messageId) ?? [])
  if (messageIds.length === 0) return crossed
  const rows = await tx
    .selectFrom('messages')
    .select([...KNOWN, 'message_id', 'received_at', 'from_address'])
    .where('email_account_id', '=', account.id)
    .where(sql<boolean>`message_id = ANY(${messageIds})`)
    .orderBy('received_at')
    .execute()
  const taken = new Set<string>()
  for (const met of strange) {
    const { message } = met
    const key = createSwitchKey({ ...message, messageId: storableId(message.messageId) ?? undefined })
    const candidates = rows.filter(
      (row) =>
        !taken.has(row.id) &&
        isOfOtherProtocol(row.remote_id, message.remoteId) &&
        key ===
          createSwitchKey({
            messageId: row.message_id ?? undefined,
            from: (row.from_address as Address | null) ?? undefined,
          }),
    )
    const distance = ({ received_at: at }: { received_at: Date }) =>
      Math.abs(at.getTime() - message.receivedAt.getTime())
    const [nearest] = candidates.sort((a, b) => distance(a) - distance(b))
    if (!nearest) continue
    taken.add(nearest.id)
    crossed.set(met, nearest)
  }
  return crossed
}

/** Gives a stored message its id and folders of the new protocol. */
export async function switchProtocol(
  tx: Tx,
  account: FilingAccount,
  known: Known,
  message: RemoteMessage,
): Promise<void> {
  const isOther = sql<boolean>`starts_with(remote_id, ${IMAP_PREFIX}) <> ${message.remoteId.startsWith(IMAP_PREFIX)}`
  await tx.deleteFrom('message_locations').where('message_id', '=', known.id).where(isOther).execute()
  const key = Buffer.from(createMessageKey(message))
  const other = await tx
    .selectFrom('messages')
    .select('id')
    .where('email_account_id', '=', account.id)
    .where('message_key', '=', key)
    .executeTakeFirst()
  await tx
    .updateTable('messages')
    .set({ remote_id: message.remoteId, ...(!other && { message_key: key }) })
    .where('id', '=', known.id)
    .execute()
}
