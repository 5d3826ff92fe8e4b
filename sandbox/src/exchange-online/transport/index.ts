/**
 * Transport: accepts messages as MIME and delivers them to mailboxes of any tenant here, to external servers, or back
 * to the sender as a non-delivery report.
 *
 * Tables: transport_queue, submissions.
 */
export { readDomain, isAddress } from './address.ts'
export type { Envelope, Submission } from './submission.ts'
export {
  type Arrival,
  createTransport,
  type OutsideServer,
  type Transport,
  type TransportDependencies,
} from './transport.ts'
export { TransportError, type TransportRefusal } from './transport-error.ts'
