import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import { HEALTH_KINDS } from './health-events.ts'

/** Literals, so the planner can use the partial index. */
const healthKinds = sql.join(HEALTH_KINDS.map((kind) => sql.lit(kind)))

/** Deletes events by id, which follows time, so a sweep ends at the first batch that is entirely new enough. */
export async function deleteOldEvents(
  db: Kysely<Schema>,
  before: Date,
  batchRows: number,
  end: AbortSignal,
): Promise<number> {
  let deleted = 0
  for (let after = 0; !end.aborted;) {
    const { rows } = await sql<{ last: number | null; young: boolean | null; deleted: number }>`
      WITH batch AS (SELECT id, kind, subject_id, at FROM events WHERE id > ${after} ORDER BY id LIMIT ${batchRows}),
      gone AS (
        DELETE FROM events USING batch
        WHERE events.id = batch.id AND batch.at < ${before}
          -- The newest event tells when this database was last active.
          AND batch.id < (SELECT max(id) FROM events)
          -- The health of a day begins with the last state before it.
          AND (batch.kind NOT IN (${healthKinds})
            OR EXISTS (SELECT FROM events AS later
              WHERE later.subject_id = batch.subject_id AND later.kind = batch.kind
                AND later.kind IN (${healthKinds})
                AND later.at < ${before} AND (later.at, later.id) > (batch.at, batch.id)))
        RETURNING 1)
      SELECT max(id)::float8 AS last, bool_and(at >= ${before}) AS young,
        (SELECT count(*) FROM gone)::float8 AS deleted FROM batch`.execute(db)
    const { last, young, deleted: count } = rows[0]!
    deleted += count
    if (last === null || young) break
    after = last
  }
  return deleted
}

/** Counts the oldest events before a time, up to `most`. A few of them stay. */
export async function countOldEvents(db: Kysely<Schema>, before: Date, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*)::float8 AS count
    FROM (SELECT at FROM events ORDER BY id LIMIT ${most}) AS oldest WHERE at < ${before}`.execute(db)
  return rows[0]!.count
}
