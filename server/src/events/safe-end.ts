import { sql, type Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'

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

/** Determines the id up to which no further events can appear. */
export function createSafeEnds(db: Kysely<Schema>): SafeEnds {
  let asking: Promise<SafeEnd> | undefined
  let askingNext: Promise<SafeEnd> | undefined
  let begunAt = -Infinity

  async function ask(): Promise<SafeEnd> {
    const { rows } = await sql<SafeEnd>`
      SELECT safe_end::float8 AS "end", waiting FROM events_safe_end()`.execute(db)
    return rows[0]!
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
