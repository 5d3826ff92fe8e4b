import type { AuditEntry } from '../read-entries.ts'

/** A receiver of entries outside of the database. */
export interface AuditTarget {
  kind: 'file' | 'syslog'
  /** Path or address, for display. */
  destination: string
  /** Destination that is the same for two servers only if both forward to the same place. */
  identity: string
  /**
   * Resolves after the receiver has all entries. Ends soon after `signal` is aborted.
   *
   * @throws {AppError} `audit.…` or `egress.…`; some of the entries may have arrived
   */
  send(entries: readonly ForwardedEntry[], signal: AbortSignal): Promise<void>
}

/** An entry as `GET /v1/audit` shows it, with names. */
export type ForwardedEntry = AuditEntry & { actorName?: string | undefined; subjectName?: string | undefined }
