/** Why Exchange does not take a message at all. What fails later comes back as a non-delivery report instead. */
export type TransportRefusal =
  /** `recipients` are not addresses. */
  | 'invalid-recipients'
  | 'no-recipients'
  /** More than 500 in one message. */
  | 'too-many-recipients'
  /** Over 35 MB to send, over 36 MB to receive. */
  | 'message-too-large'
  /** 10,000 recipients in 24 hours. */
  | 'recipient-rate-exceeded'
  /** From outside only: `recipients` are no mailboxes of a domain that is ours. */
  | 'unknown-recipients'
  /** From outside only: `recipients` are at domains that are not ours. */
  | 'relay-denied'
  /** From outside only: the message has passed too many servers. */
  | 'mail-loop'

/** A message was refused; nothing of it was delivered to anybody. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly refusal: TransportRefusal
  /** What a mail server answers in SMTP: `550 5.4.1 Recipient address rejected: Access denied.` */
  readonly smtpReply: string
  /** The recipients that are the cause, where it is some of them. */
  readonly recipients: readonly string[]

  constructor(refusal: TransportRefusal, smtpReply: string, recipients: readonly string[] = []) {
    super(recipients.length > 0 ? `${smtpReply} (${recipients.slice(0, 5).join(', ')})` : smtpReply)
    this.refusal = refusal
    this.smtpReply = smtpReply
    this.recipients = recipients
  }
}
