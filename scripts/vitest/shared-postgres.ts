/** PostgreSQL that the tests of a run share, for tests of Postkey as a program. */
import { embeddedCluster } from '../../server/test/kit/cluster.ts'
import { migratedDatabase, type MigratedDatabase } from '../../server/test/kit/migrated-database.ts'

/** A database with all migrations and no rows, and the data folder of its PostgreSQL. */
export async function newDatabase(): Promise<MigratedDatabase & { folder: string }> {
  const { url, folder } = await embeddedCluster()
  return { ...(await migratedDatabase(url)), folder }
}
