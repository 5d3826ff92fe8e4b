import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { verifyBackup } from '../../server/src/backup/index.ts'
import { readMigrations, type Migration } from '../../server/src/database/index.ts'

/**
 * Requires a kept database of the version, with its migrations: later versions are tested with it.
 *
 * @throws {Error} with the command that writes it
 */
export async function requireKeptDatabase(
  checkout: string,
  version: string,
  migrations: readonly Migration[] = readMigrations(),
): Promise<void> {
  const path = join(checkout, 'server/test/kit/kept-databases', `${version}.backup.zst`)
  const ours = migrations.map(({ name, checksum }) => ({ name, checksum }))
  if (existsSync(path) && isDeepStrictEqual((await verifyBackup(path)).header.migrations, ours)) return
  throw new Error(
    `The kept database of ${version} is missing, or has other migrations. Run "npm run keep-database" and commit ${path}`,
  )
}
