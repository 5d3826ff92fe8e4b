import { sql, type Kysely } from 'kysely'
import { ADVISORY_LOCK_CLASSES, type Schema } from '../database/index.ts'

/** Up to where everything can be seen, and whether that is less than what was given. */
export interface SafeEnd {
  end: number
  waiting: boolean
}

export interface SafeEnds {
  /** As of now. */
  ask(): Promise<SafeEnd>
  /** The same for everybody who was woken by the same commit: an answer that was asked for before is of no use. */
  share(): Promise<SafeEnd>
}

/** While much is written, those who listen are told of it so far apart, and of all of it at once. */
const APART_MS = 25

/** The id up to which everything that will ever be there can be seen. The two statements must stay in this order. */
export function createSafeEnds(db: Kysely<Schema>): SafeEnds {
  let asking: Promise<SafeEnd> | undefined
  let askingNext: Promise<SafeEnd> | undefined
  let begunAt = -Infinity

  async function ask(): Promise<SafeEnd> {
    // A sequence that has given nothing says 1, and the first event of all would be taken for known.
    const given = await sql<{ last: number }>`
      SELECT CASE WHEN is_called THEN last_value ELSE 0 END::float8 AS last FROM events_id_seq`.execute(db)
    const last = given.rows[0]!.last
    const locks = await sql<{ id: number }>`
      SELECT objid::bigint::float8 AS id FROM pg_locks
      WHERE locktype = 'advisory' AND classid = ${sql.lit(ADVISORY_LOCK_CLASSES['events.append'])} AND objsubid = 2
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`.execute(db)
    // A lock has room for 31 bits of the id it names.
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
