/**
 * Transport: takes messages as MIME and brings them where they belong: to mailboxes of any tenant here, to the
 * world outside, or back to their sender as a non-delivery report.
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
  /** The mailbox that sends, in whose name quotas are counted. */
  mailboxId: string
  /** The person who acts; absent when an application does. */
  callerId: string | undefined
  envelope: Envelope
  /** The whole message. `Bcc` may be in it: it is taken out before anyone sees it. */
  mime: Uint8Array
}

/** One copy that arrived in a mailbox here. */
export interface Arrival {
  recipient: string
  mailboxId: string
  folder: 'inbox' | 'junkemail'
  /** The store's key of the message. */
  messageKey: number
}

/** The mail servers of everybody else. */
export interface OutsideServer {
  /** Takes the message for one recipient, or says in SMTP why not: `550 5.1.1 …`. */
  accept(mail: { from: string; to: string; mime: Uint8Array }): { refusedWith: string } | undefined
}

export interface Transport {
  /**
   * Takes a message and queues it durably; delivery follows at once by the deferred work. Recipients that turn
   * out not to exist come back to `envelope.from` as a report. The Sent copy is the caller's business.
   *
   * @throws TransportError when the message is not taken.
   */
  submit(submission: Submission): Promise<void>
  /**
   * A mail server from outside hands over a message for mailboxes here; they have it when the promise resolves.
   *
   * @throws TransportError when it is refused, for all recipients or for some: then nobody has it.
   */
  receiveFromOutside(mail: { envelope: Envelope; mime: Uint8Array }): Promise<Arrival[]>
  /** The mailbox that mail for `address` reaches: plus-addressing and all of a tenant's domains count. */
  findMailboxId(address: string): string | undefined
  /** Where mail for all domains that are not ours goes from now on. Without it those domains do not exist. */
  connectOutside(server: OutsideServer): void
}
