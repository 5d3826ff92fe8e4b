import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { EventKind } from './event-kinds.ts'

/**
 * Number of newest events that are searched. The position of a consumer stays at its last event, so without this limit
 * each search would read all other events since then.
 */
const SEARCHED_EVENTS = 20_000

/** Time of the oldest event of these kinds after a position, among the newest events; undefined when there is none. */
export async function oldestEventAfter(
  db: Kysely<Schema>,
  position: number,
  kinds: readonly EventKind[],
): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date }>`
    SELECT at FROM events
    WHERE id > greatest(${position}::bigint, (SELECT max(id) FROM events) - ${SEARCHED_EVENTS})
      AND kind = ANY(${[...kinds]}::text[])
    ORDER BY id LIMIT 1`.execute(db)
  return rows[0]?.at
}

/** Time of the oldest committed event that readers don't see yet, because a transaction before it is still open. */
export async function oldestHeldBackEvent(db: Kysely<Schema>): Promise<Date | undefined> {
  const { rows } = await sql<{ at: Date }>`
    SELECT at FROM events WHERE id > (SELECT safe_end FROM events_safe_end()) ORDER BY id LIMIT 1`.execute(db)
  return rows[0]?.at
}
