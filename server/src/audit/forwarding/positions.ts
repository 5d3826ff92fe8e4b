import { sql, type Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { AuditAction } from '../actions.ts'
import type { AuditEntry } from '../read-entries.ts'
import type { AuditTarget } from './audit-target.ts'

type Kind = AuditTarget['kind']
type Target = Pick<AuditTarget, 'kind' | 'identity'>

export type Positions = ReturnType<typeof createPositions>

export interface ForwardState {
  destination: string
  usedAt: Date
  since: Date
  position: number
  forwardedAt: Date | null
  failingSince: Date | null
  reason: string | null
  detail: string | null
  deletedUnsent: number
  deletedAt: Date | null
}

/** Stored positions of targets in the audit list. */
export function createPositions(db: Kysely<Schema>) {
  return {
    async read(target: Kind): Promise<ForwardState | undefined> {
      const { rows } = await sql<ForwardState>`
        SELECT destination, used_at AS "usedAt", since, position, forwarded_at AS "forwardedAt",
          failing_since AS "failingSince", reason, detail, deleted_unsent AS "deletedUnsent", deleted_at AS "deletedAt"
        FROM audit_forwards WHERE target = ${target}`.execute(db)
      return rows[0]
    },

    /**
     * Stores that a destination is used, unless another one was used since `unusedSince`.
     *
     * @returns false when another one is used
     */
    async use({ kind, identity }: Target, { now, unusedSince }: { now: Date; unusedSince: Date }): Promise<boolean> {
      const { numAffectedRows } = await sql`
        INSERT INTO audit_forwards AS old (target, destination, used_at, since) VALUES (${kind}, ${identity}, ${now}, ${now})
        ON CONFLICT (target) DO UPDATE SET destination = excluded.destination, used_at = excluded.used_at,
          since = CASE WHEN old.destination = excluded.destination THEN old.since ELSE excluded.since END,
          failing_since = CASE WHEN old.destination = excluded.destination THEN old.failing_since END,
          reason = CASE WHEN old.destination = excluded.destination THEN old.reason END,
          detail = CASE WHEN old.destination = excluded.destination THEN old.detail END
        WHERE old.destination = excluded.destination OR old.used_at <= ${unusedSince}`.execute(db)
      return numAffectedRows === 1n
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

    /**
     * Stores a success. A server that lost its lock meanwhile can't move the position back, nor store that another
     * destination has the entries.
     */
    async advance({ kind, identity }: Target, to: number, now: Date): Promise<void> {
      await sql`
        UPDATE audit_forwards SET position = greatest(position, ${to}), forwarded_at = ${now}, failing_since = NULL,
          reason = NULL, detail = NULL WHERE target = ${kind} AND destination = ${identity}`.execute(db)
    },

    async fail({ kind, identity }: Target, failure: { now: Date; reason: string; detail: string | undefined }) {
      const { now, reason, detail = null } = failure
      await sql`
        UPDATE audit_forwards SET failing_since = coalesce(failing_since, ${now}), reason = ${reason},
          detail = ${detail} WHERE target = ${kind} AND destination = ${identity}`.execute(db)
    },
  }
}
