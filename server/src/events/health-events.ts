import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { StoredEvent } from './events.ts'

/** What happened to one thing, as far as its health shows it. */
export type HealthEvent = Pick<StoredEvent, 'payload' | 'at'>

export type HealthKind = 'email_account.state_changed' | 'grant.state_changed' | 'grant.refreshed'

interface Wanted {
  kind: HealthKind
  subjectId: string
}

/** Newest first, `limit` of them. The kinds stand in the index `events_of_health`. */
export async function happenedTo(
  db: Kysely<Schema>,
  { kind, subjectId, from, to, limit }: Wanted & { from: Date; to: Date; limit: number },
): Promise<HealthEvent[]> {
  // A literal and no parameter, so that whoever plans the query knows that the index has it all.
  const { rows } = await sql<HealthEvent>`SELECT payload, at FROM events
    WHERE subject_id = ${subjectId} AND kind = ${sql.lit(kind)} AND at >= ${from} AND at < ${to}
    ORDER BY at DESC, id DESC LIMIT ${limit}`.execute(db)
  return rows
}

/** The last that happened to it before a time. */
export async function lastBefore(
  db: Kysely<Schema>,
  { kind, subjectId, before }: Wanted & { before: Date },
): Promise<HealthEvent | undefined> {
  const { rows } = await sql<HealthEvent>`SELECT payload, at FROM events
    WHERE subject_id = ${subjectId} AND kind = ${sql.lit(kind)} AND at < ${before}
    ORDER BY at DESC, id DESC LIMIT 1`.execute(db)
  return rows[0]
}
