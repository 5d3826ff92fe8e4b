/** Reason for which Exchange refuses a whole message. Later failures cause a non-delivery report instead. */
export type TransportRefusal =
  /** `recipients` contains invalid addresses. */
  | 'invalid-recipients'
  | 'no-recipients'
  /** More than 500 in one message. */
  | 'too-many-recipients'
  /** Over 35 MB to send, over 36 MB to receive. */
  | 'message-too-large'
  /** Over 10,000 recipients in 24 hours. */
  | 'recipient-rate-exceeded'
  /** External mail only: `recipients` are at a domain here, but have no mailbox. */
  | 'unknown-recipients'
  /** External mail only: `recipients` are at domains of other servers. */
  | 'relay-denied'
  /** External mail only: the message has passed too many servers. */
  | 'mail-loop'

/** Thrown for a refused message, which was delivered to no recipient. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly refusal: TransportRefusal
  /** Reply in SMTP: `550 5.4.1 Recipient address rejected: Access denied.` */
  readonly smtpReply: string
  /** Recipients that caused the refusal, if it was caused by only some. */
  readonly recipients: readonly string[]

  constructor(refusal: TransportRefusal, smtpReply: string, recipients: readonly string[] = []) {
    super(recipients.length > 0 ? `${smtpReply} (${recipients.slice(0, 5).join(', ')})` : smtpReply)
    this.refusal = refusal
    this.smtpReply = smtpReply
    this.recipients = recipients
  }
}
