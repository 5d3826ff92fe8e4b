import { sql } from 'kysely'
import { expect } from 'vitest'
import type { Database, Tx } from '../../src/database/index.ts'

type Rows = (tx: Pick<Tx, 'selectFrom'>) => {
  forUpdate(): { select(one: never): { execute(): Promise<unknown> } }
}

/** Arranges the order in which transactions get a lock. */
export function createLockQueue(database: Database) {
  return {
    /** Locks rows in another transaction until `release`. */
    hold: async (rows: Rows) => {
      const [held, holding] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
      const holder = database.transaction(async (tx) => {
        await rows(tx)
          .forUpdate()
          .select(sql.lit(1).as('one') as never)
          .execute()
        holding.resolve(undefined)
        await held.promise
      })
      await holding.promise
      return {
        async release() {
          held.resolve(undefined)
          await holder
        },
      }
    },

    /** Resolves when this many transactions wait for a lock. */
    waiting: async (count: number) => {
      await expect
        .poll(async () => {
          const { rows } = await database.pool.query<{ count: string }>(
            `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          )
          return Number(rows[0]!.count)
        })
        .toBe(count)
    },
  }
}
