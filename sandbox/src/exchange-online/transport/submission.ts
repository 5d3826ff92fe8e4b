import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import { isAddress } from './address.ts'
import { TransportError } from './transport-error.ts'

/** The SMTP envelope. @see RFC 5321 section 2.3.1 */
export interface Envelope {
  /** Reverse-path without angle brackets; empty in reports, so that no report answers a report. */
  from: string
  to: readonly string[]
}

export interface Submission {
  /** The sending mailbox, to which quotas apply. */
  mailboxId: string
  /** User id of the caller; `undefined` for an application. */
  callerId: string | undefined
  envelope: Envelope
  /** The whole message. It can contain `Bcc`, which is removed before delivery. */
  mime: Uint8Array
}

/** @see https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits */
export const MAX_RECIPIENTS = 500
export const MAX_RECIPIENTS_A_DAY = 10_000
export const MAX_SENT_BYTES = 35 * 1024 * 1024
export const MAX_RECEIVED_BYTES = 36 * 1024 * 1024
const DAY_MS = 24 * 60 * 60 * 1000

export function checkEnvelope({ from, to }: Envelope): void {
  if (to.length === 0) throw new TransportError('no-recipients', '503 5.5.2 Need rcpt command')
  if (to.length > MAX_RECIPIENTS) {
    throw new TransportError('too-many-recipients', '550 5.5.3 RESOLVER.ADR.RecipLimit; too many recipients')
  }
  const invalid = [...to, ...(from === '' ? [] : [from])].filter((address) => !isAddress(address))
  if (invalid.length > 0) throw new TransportError('invalid-recipients', '501 5.1.3 Invalid address', invalid)
}

export function checkSize(mime: Uint8Array, maxBytes: number): void {
  if (mime.byteLength > maxBytes) {
    throw new TransportError('message-too-large', '552 5.3.4 Message size exceeds fixed maximum message size')
  }
}

/** Log of recipients per mailbox, which enforces 10,000 recipients within any 24 hours. */
export function createSubmissionLog(database: Database, clock: Clock) {
  database.addTables(`
    CREATE TABLE IF NOT EXISTS submissions (
      id INTEGER PRIMARY KEY, mailbox_id TEXT NOT NULL, caller_id TEXT, submitted_at INTEGER NOT NULL,
      recipient_count INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS submissions_mailbox ON submissions (mailbox_id, submitted_at);`)

  return {
    /** Counts the submission, or refuses it without counting it. */
    add({ mailboxId, callerId, envelope }: Submission): void {
      const now = clock.now().getTime()
      const used = database.get<{ recipients: number | null }>(
        'SELECT SUM(recipient_count) AS recipients FROM submissions WHERE mailbox_id = ? AND submitted_at > ?',
        mailboxId,
        now - DAY_MS,
      )
      if ((used?.recipients ?? 0) + envelope.to.length > MAX_RECIPIENTS_A_DAY) {
        throw new TransportError(
          'recipient-rate-exceeded',
          '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException',
        )
      }
      database.run(
        'INSERT INTO submissions (mailbox_id, caller_id, submitted_at, recipient_count) VALUES (?, ?, ?, ?)',
        mailboxId,
        callerId ?? null,
        now,
        envelope.to.length,
      )
    },
  }
}
