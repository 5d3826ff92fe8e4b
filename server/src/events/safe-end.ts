import { sql, type Kysely } from 'kysely'
import { ADVISORY_LOCK_CLASSES, type Schema } from '../database/index.ts'

/** Id up to which all events are visible, and whether open transactions delay later ones. */
export interface SafeEnd {
  end: number
  waiting: boolean
}

export interface SafeEnds {
  /** Returns the current end. */
  ask(): Promise<SafeEnd>
  /**
   * Returns one shared result for all listeners woken by the same commit. A query that started before the call isn't
   * reused.
   */
  share(): Promise<SafeEnd>
}

/** Minimum time in milliseconds between shared queries, so that many writes cause one query for all of them. */
const APART_MS = 25

/** Determines the id up to which no further events can appear. The two statements must stay in this order. */
export function createSafeEnds(db: Kysely<Schema>): SafeEnds {
  let asking: Promise<SafeEnd> | undefined
  let askingNext: Promise<SafeEnd> | undefined
  let begunAt = -Infinity

  async function ask(): Promise<SafeEnd> {
    // The `last_value` of an unused sequence is 1, and the first event of all would be treated as delivered.
    const given = await sql<{ last: number }>`
      SELECT CASE WHEN is_called THEN last_value ELSE 0 END::float8 AS last FROM events_id_seq`.execute(db)
    const last = given.rows[0]!.last
    const locks = await sql<{ id: number }>`
      SELECT objid::bigint::float8 AS id FROM pg_locks
      WHERE locktype = 'advisory' AND classid = ${sql.lit(ADVISORY_LOCK_CLASSES['events.append'])} AND objsubid = 2
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`.execute(db)
    // A lock has room for only 31 bits of its id.
    const held = locks.rows.map(({ id }) => last - ((((last - id) % 2 ** 31) + 2 ** 31) % 2 ** 31))
    return { end: Math.min(last, ...held), waiting: held.length > 0 }
  }

  function begin(): Promise<SafeEnd> {
    begunAt = performance.now()
    return (asking = ask().finally(() => (asking = undefined)))
  }

  async function beginLater(): Promise<SafeEnd> {
    await asking?.catch(() => undefined)
    const earlyMs = begunAt + APART_MS - performance.now()
    if (earlyMs > 0) await new Promise((resolve) => setTimeout(resolve, earlyMs))
    askingNext = undefined
    return begin()
  }

  return {
    ask,
    share() {
      if (!asking && !askingNext && performance.now() - begunAt >= APART_MS) return begin()
      return (askingNext ??= beginLater())
    },
  }
}
