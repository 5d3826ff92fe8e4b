import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { EventKind, StoredEvent } from './event-kinds.ts'

/** Payload and time of an event that a health page shows. */
export type HealthEvent<Kind extends HealthKind = HealthKind> = Pick<StoredEvent<Kind>, 'payload' | 'at'>

/** Kinds in the index `events_of_health`. Retention keeps the newest of each. */
export const HEALTH_KINDS = [
  'email_account.state_changed',
  'grant.state_changed',
  'grant.refreshed',
] as const satisfies readonly EventKind[]
export type HealthKind = (typeof HEALTH_KINDS)[number]

interface Wanted<Kind extends HealthKind> {
  kind: Kind
  subjectId: string
}

/** Returns the newest `limit` events of a subject, newest first. The kinds are part of the index `events_of_health`. */
export async function happenedTo<Kind extends HealthKind>(
  db: Kysely<Schema>,
  { kind, subjectId, from, to, limit }: Wanted<Kind> & { from: Date; to: Date; limit: number },
): Promise<HealthEvent<Kind>[]> {
  // Literal, so the planner can use the partial index.
  const { rows } = await sql<HealthEvent<Kind>>`SELECT payload, at FROM events
    WHERE subject_id = ${subjectId} AND kind = ${sql.lit(kind)} AND at >= ${from} AND at < ${to}
    ORDER BY at DESC, id DESC LIMIT ${limit}`.execute(db)
  return rows
}

/** Returns the last event of a subject before a time. */
export async function lastBefore<Kind extends HealthKind>(
  db: Kysely<Schema>,
  { kind, subjectId, before }: Wanted<Kind> & { before: Date },
): Promise<HealthEvent<Kind> | undefined> {
  const { rows } = await sql<HealthEvent<Kind>>`SELECT payload, at FROM events
    WHERE subject_id = ${subjectId} AND kind = ${sql.lit(kind)} AND at < ${before}
    ORDER BY at DESC, id DESC LIMIT 1`.execute(db)
  return rows[0]
}

/** Returns the time of the newest event of all: the last activity of the database. */
export async function lastEventAt(db: Kysely<Schema>): Promise<Date | undefined> {
  const row = await db.selectFrom('events').select('at').orderBy('id', 'desc').limit(1).executeTakeFirst()
  return row?.at
}
