import { createDatabase, type EmbeddedPostgres } from './database/index.ts'
import { markRestored } from './epoch/index.ts'
import type { Clock } from './kernel/clock.ts'
import { fillText } from './kernel/errors.ts'
import { createLog } from './kernel/log.ts'

const FINDING =
  'The data folder is a copy of {original}, made while its PostgreSQL ran, or it was moved from there after a crash. A moved folder is complete. A copy is complete only if it is a snapshot of one moment, as of a file system or a virtual machine: "cp" and "rsync" copy one file after the other. Mail queued in it is held, because the original may have sent it: open Incidents, Restored backup. Stop the original, if there is one, before you send from here.'

/**
 * Makes the next server treat a copied data folder as a restored backup, so that nothing is sent twice,
 * regardless of its state file.
 *
 * @returns the finding for the admin; `undefined` if the data is not a copy
 */
export async function holdMailOfCopy(
  postgres: Pick<EmbeddedPostgres, 'url' | 'copyOf' | 'acknowledgeCopy'>,
  clock: Clock,
): Promise<string | undefined> {
  if (postgres.copyOf === undefined) return undefined
  const database = await createDatabase(postgres.url, { log: createLog({ level: 'silent' }), maxConnections: 1 })
  try {
    const { rows } = await database.pool.query("SELECT FROM pg_tables WHERE tablename = 'database_epochs'")
    if (rows.length > 0) {
      await markRestored({ query: (text, values) => database.pool.query(text, [...values]) }, clock.now())
    }
  } finally {
    await database.close()
  }
  postgres.acknowledgeCopy()
  return fillText(FINDING, { original: postgres.copyOf })
}
