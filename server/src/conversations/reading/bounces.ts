import { sql } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { Kysely } from 'kysely'
import type { StoredMessageId } from '../../kernel/ids.ts'
import type { Address, DeliveryReport } from '../../mail/index.ts'
import { recipientsAmong } from '../threading/report-recipients.ts'

interface BounceRow {
  sent: StoredMessageId
  recipients: Address[]
  id: StoredMessageId
  received_at: Date
  report: DeliveryReport
}

/** Delivery report on a sent message. */
export interface Bounce {
  /** Message that contains the report. */
  messageId: StoredMessageId
  receivedAt: Date
  recipients: DeliveryReport['recipients']
}

/**
 * Delivery reports by the sent message that they are about. Joined on reading: a report may come before the Sent copy, and
 * Exchange may have replaced its Message-ID. A report that names no recipient of the message does not count.
 */
export async function listBounces(
  db: Kysely<Schema>,
  ids: readonly StoredMessageId[],
): Promise<Map<StoredMessageId, Bounce[]>> {
  const found = new Map<StoredMessageId, Bounce[]>()
  if (ids.length === 0) return found
  const { rows } = await sql<BounceRow>`
    SELECT sent.id AS sent, sent.to_addresses || sent.cc_addresses || sent.bcc_addresses AS recipients, report.id, report.received_at, report.marks->'deliveryReport' AS report
    FROM messages sent JOIN messages report
      ON report.email_account_id = sent.email_account_id AND report.reports_on = sent.message_id
    WHERE sent.id = ANY(${[...ids]}::uuid[]) AND sent.direction = 'out'
    ORDER BY report.received_at, report.id`.execute(db)
  for (const row of rows) {
    const sentTo = new Set(row.recipients.map(({ address }) => address.toLowerCase()))
    const recipients = recipientsAmong(row.report, sentTo)
    if (recipients.length === 0) continue
    found.set(row.sent, [
      ...(found.get(row.sent) ?? []),
      { messageId: row.id, receivedAt: row.received_at, recipients },
    ])
  }
  return found
}
