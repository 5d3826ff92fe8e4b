/** Postkey for browser tests. */
import { newPlace, startPostkey, type StartedPostkey, type StartOptions } from '../proofs/walk/started-postkey.ts'
import { newDatabase } from '../scripts/vitest/shared-postgres.ts'

/**
 * Starts Postkey as a user does, on a database of its own in the PostgreSQL that the tests of a run share: creating,
 * syncing and deleting one for each took longer than the start of Postkey. Tests that are about the embedded PostgreSQL
 * use `startPostkey`.
 */
export async function startOnSharedPostgres(options: StartOptions = {}): Promise<StartedPostkey> {
  const place = options.place ?? { ...(await newPlace()), database: await newDatabase() }
  return startPostkey({ ...options, place })
}
