import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { AuditAction } from '../actions.ts'
import type { AuditEntry } from '../read-entries.ts'
import type { AuditTarget } from './audit-target.ts'

type Kind = AuditTarget['kind']

export interface ForwardState {
  position: number
  forwardedAt: Date | null
  failures: number
  failingSince: Date | null
  retryAt: Date | null
  reason: string | null
  detail: string | null
}

const NEW: ForwardState = {
  ...{ position: 0, failures: 0 },
  ...{ forwardedAt: null, failingSince: null, retryAt: null, reason: null, detail: null },
}

/** Stored positions of targets in the audit list. */
export function createPositions(db: Kysely<Schema>) {
  return {
    async read(target: Kind): Promise<ForwardState> {
      const { rows } = await sql<ForwardState>`
        SELECT position, forwarded_at AS "forwardedAt", failures, failing_since AS "failingSince", retry_at AS "retryAt",
          reason, detail
        FROM audit_forwards WHERE target = ${target}`.execute(db)
      return rows[0] ?? NEW
    },

    /** Entries after a position, oldest first, up to the first one that an open transaction could still precede. */
    async entriesAfter(position: number, limit: number): Promise<AuditEntry[]> {
      // A statement of its own: the entries must be read after the end is known.
      const { rows } = await sql<{ end: number }>`SELECT audit_safe_end()::float8 AS "end"`.execute(db)
      const entries = await db
        .selectFrom('audit_entries')
        .selectAll()
        .where('id', '>', position)
        .where('id', '<=', rows[0]!.end)
        .orderBy('id')
        .limit(limit)
        .execute()
      return entries.map((entry) => ({
        ...entry,
        action: entry.action as AuditAction,
        detail: entry.detail as AuditEntry['detail'],
      }))
    },

    /** Time of the oldest entry after a position. */
    async oldestAfter(position: number): Promise<Date | undefined> {
      const entry = await db
        .selectFrom('audit_entries')
        .select('at')
        .where('id', '>', position)
        .orderBy('id')
        .limit(1)
        .executeTakeFirst()
      return entry?.at
    },

    /** Stores a success. A server that lost its lock meanwhile can't move the position back. */
    async advance(target: Kind, to: number, now: Date): Promise<void> {
      await sql`
        INSERT INTO audit_forwards AS old (target, position, forwarded_at) VALUES (${target}, ${to}, ${now})
        ON CONFLICT (target) DO UPDATE SET position = greatest(old.position, excluded.position),
          forwarded_at = excluded.forwarded_at, failures = 0, failing_since = NULL, retry_at = NULL, reason = NULL,
          detail = NULL`.execute(db)
    },

    async fail(target: Kind, failure: { now: Date; retryAt: Date; reason: string; detail?: string | undefined }) {
      const { now, retryAt, reason, detail = null } = failure
      await sql`
        INSERT INTO audit_forwards AS old (target, failures, failing_since, retry_at, reason, detail)
        VALUES (${target}, 1, ${now}, ${retryAt}, ${reason}, ${detail})
        ON CONFLICT (target) DO UPDATE SET failures = old.failures + 1,
          failing_since = coalesce(old.failing_since, excluded.failing_since), retry_at = excluded.retry_at,
          reason = excluded.reason, detail = excluded.detail`.execute(db)
    },
  }
}
