import { afterAll } from 'vitest'
import { createDatabase, type Database } from '../../src/database/index.ts'
import { clusterUrl } from './cluster.ts'
import { migratedDatabase } from './migrated-database.ts'
import { silentLog } from './silent-log.ts'

export interface TestDatabase extends Database {
  /** URL for a second `createDatabase`, which simulates another process. */
  readonly url: string
}

/**
 * Creates an empty database with all migrations, on a real PostgreSQL that all tests of a run share. Call it at the top
 * of a test file or of a `describe` (`const database = await testDatabase()`): it is closed and dropped at the end of
 * that scope.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const { url, drop } = await migratedDatabase(await clusterUrl())
  const database = await createDatabase(url, { log: silentLog })
  afterAll(async () => {
    await database.close()
    await drop()
  })
  return { ...database, url }
}
