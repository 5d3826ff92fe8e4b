/**
 * Transport: accepts messages as MIME and delivers them to mailboxes of any tenant here, to external servers, or back
 * to the sender as a non-delivery report.
 *
 * Tables: transport_queue, submissions.
 */
export { domainOf, isAddress } from './address.ts'
export { createTransport, type TransportDependencies } from './transport.ts'
export { TransportError, type TransportRefusal } from './transport-error.ts'

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

/** One copy delivered to a mailbox here. */
export interface Arrival {
  recipient: string
  mailboxId: string
  folder: 'inbox' | 'junkemail'
  /** Key of the message in the store. */
  messageKey: number
}

/** Mail servers of external domains. */
export interface OutsideServer {
  /** Accepts the message for one recipient, or returns an SMTP refusal: `550 5.1.1 …`. */
  accept(mail: { from: string; to: string; mime: Uint8Array }): { refusedWith: string } | undefined
}

export interface Transport {
  /**
   * Accepts a message and queues it durably; the deferred work delivers it at once. For recipients that do not exist, a
   * report is sent to `envelope.from`. The caller stores the Sent copy.
   *
   * @throws TransportError when the message is refused
   */
  submit(submission: Submission): Promise<void>
  /**
   * Delivers a message from an external mail server to mailboxes here; the copies exist when the promise resolves.
   *
   * @throws TransportError when any recipient is refused; then no mailbox gets the message
   */
  receiveFromOutside(mail: { envelope: Envelope; mime: Uint8Array }): Promise<Arrival[]>
  /** Mailbox that receives mail for `address`, including plus-addressing and all domains of a tenant. */
  findMailboxId(address: string): string | undefined
  /** Sets the server for all external domains. Without it, those domains do not exist. */
  connectOutside(server: OutsideServer): void
}
