import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AppError } from '../../kernel/errors.ts'
import { type EmbeddedPostgres, runningEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'

/**
 * Connects a second process to the PostgreSQL of a data folder. A running PostgreSQL is used and left running. A
 * stopped one is started until `stop` is called. A folder without data stays unchanged, unless `create` is set.
 *
 * @throws {AppError} `database.not_found_in_folder`, and the errors of a failed start
 */
export async function joinEmbeddedPostgres(
  folder: string,
  { create = false, binFolder }: { create?: boolean | undefined; binFolder?: string | undefined } = {},
): Promise<Pick<EmbeddedPostgres, 'url' | 'stop'>> {
  const dataFolder = resolve(folder)
  if (!existsSync(join(dataFolder, 'postgres/data'))) {
    if (create) return startEmbeddedPostgres({ dataFolder, binFolder })
    throw new AppError('database.not_found_in_folder', { cause: new Error(dataFolder) })
  }
  const running = await runningEmbeddedPostgres(dataFolder)
  if (running !== undefined) return { url: running, stop: () => Promise.resolve() }
  return startEmbeddedPostgres({ dataFolder, binFolder })
}
