import { sql, type Kysely } from 'kysely'
import type { Schema, Tx } from '../../database/index.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { Address, DeliveryReport } from '../../mail/index.ts'

/** Maximum number of latest messages of a conversation whose recipients are compared. */
const MOST_SENT = 200

/** Recipient addresses in lower case, by Message-ID or conversation id. */
export type SentTo = ReadonlyMap<string, ReadonlySet<string>>

/**
 * Recipients of sent messages. A delivery report belongs to a message only when it names one of them: all recipients know
 * the Message-ID, and any of them can write a report.
 */
export async function recipientsSent(
  db: Kysely<Schema> | Tx,
  accountId: EmailAccountId,
  { messageIds, conversationIds }: { messageIds: readonly string[]; conversationIds: readonly ConversationId[] },
): Promise<SentTo> {
  const found = new Map<string, Set<string>>()
  if (messageIds.length + conversationIds.length === 0) return found
  const { rows } = await sql<{ key: string; to: Address[]; cc: Address[]; bcc: Address[] }>`
    SELECT message_id AS key, to_addresses AS to, cc_addresses AS cc, bcc_addresses AS bcc FROM messages
    WHERE email_account_id = ${accountId} AND direction = 'out' AND message_id = ANY(${[...messageIds]}::text[])
    UNION ALL
    SELECT wanted.id::text, sent.to_addresses, sent.cc_addresses, sent.bcc_addresses
    FROM unnest(${[...conversationIds]}::uuid[]) AS wanted(id)
    CROSS JOIN LATERAL (SELECT * FROM messages WHERE conversation_id = wanted.id AND email_account_id = ${accountId}
      AND direction = 'out' ORDER BY received_at DESC, id DESC LIMIT ${MOST_SENT}) AS sent`.execute(db)
  for (const { key, to, cc, bcc } of rows) {
    const addresses = found.get(key) ?? new Set()
    for (const { address } of [...to, ...cc, ...bcc]) addresses.add(address.toLowerCase())
    found.set(key, addresses)
  }
  return found
}

/** True when a delivery report is about at least one recipient that the message does not reach. */
export function reportsFailure({ recipients }: Pick<DeliveryReport, 'recipients'>): boolean {
  return recipients.some(({ action }) => action === 'failed')
}

/** Recipients in a report that the message was sent to. A relay may report another address next to the original one. */
export function recipientsAmong(
  { recipients }: Pick<DeliveryReport, 'recipients'>,
  sentTo: ReadonlySet<string>,
): DeliveryReport['recipients'] {
  return recipients.filter(
    ({ address, originalAddress }) =>
      sentTo.has(address.toLowerCase()) || (originalAddress !== undefined && sentTo.has(originalAddress.toLowerCase())),
  )
}

/**
 * True when a delivery report names a recipient of a sent message.
 *
 * @param sentTo  its recipients; until they are known, the participants of its conversation count
 */
export function namesRecipient(
  report: Pick<DeliveryReport, 'recipients'>,
  sentTo: ReadonlySet<string> | undefined,
  participants: readonly Address[],
): boolean {
  const addresses = sentTo ?? new Set(participants.map(({ address }) => address.toLowerCase()))
  return recipientsAmong(report, addresses).length > 0
}
