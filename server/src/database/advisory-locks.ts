import { sql, type RawBuilder } from 'kysely'

/**
 * Classes of PostgreSQL's two-number advisory locks, one per purpose. Locks of one class exclude each other by their
 * second number. Locks of different classes never exclude each other. Migrations write a class as a literal.
 *
 * @see https://www.postgresql.org/docs/18/explicit-locking.html#ADVISORY-LOCKS
 */
export const ADVISORY_LOCK_CLASSES = {
  /** Transactions that append events, by the last event id before theirs; taken by a trigger (`0001_events.sql`). */
  'events.append': 20555,
  /** Writers of incidents. */
  'incidents.write': 20556,
  /** Claims of submissions, by mailbox; taken by a function (`0011_submission.sql`). */
  'submission.claim': 20557,
  /** Servers that start at the same time. */
  'epoch.start': 20558,
  /** Lookups of sent copies by content, by mailbox. */
  'submission.copy_by_content': 20559,
  /** Messages filed into conversations, by mailbox. */
  'conversations.file': 20560,
  /** Creation of a partition of the search index. */
  'conversations.search_month': 20561,
  /** Sign-ins at a provider that strangers begin. */
  'identity_providers.begin': 20562,
  /** Transactions that record audit entries, by the last entry id before theirs; taken by a trigger (`0023_audit.sql`). */
  'audit.record': 20563,
  /** Webhooks that are added, because their number is limited. */
  'webhooks.add': 20564,
  /** Connect sessions that are added, by their creator, because their number is limited. */
  'connect_sessions.add': 20565,
  /** Accounts that get a free key, or whose addresses must be new. */
  'email_accounts.associate': 20566,
  /** Account batches that are added, by their creator, because their number is limited. */
  'account_batches.add': 20567,
} as const

export type AdvisoryLock = keyof typeof ADVISORY_LOCK_CLASSES

/**
 * Returns a statement that waits for a lock and holds it until the transaction ends. A transaction may take it
 * repeatedly.
 *
 * @param key what is locked, such as the id of a mailbox; absent when the class has one lock
 */
export function advisoryLock(lock: AdvisoryLock, key?: string): RawBuilder<unknown> {
  const number = key === undefined ? sql`1` : sql`hashtext(${key})`
  return sql`SELECT pg_advisory_xact_lock(${sql.lit(ADVISORY_LOCK_CLASSES[lock])}, ${number})`
}
