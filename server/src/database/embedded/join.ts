import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AppError } from '../../kernel/errors.ts'
import { type EmbeddedPostgres, runningEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'

/**
 * The PostgreSQL of a data folder for somebody who comes beside: the one that runs there is used and left running, and
 * one that stands still is started until `stop`. Nothing is made where nothing is.
 *
 * @throws {AppError} `database.not_found_in_folder`, and what starting it may throw
 */
export async function joinEmbeddedPostgres(folder: string): Promise<Pick<EmbeddedPostgres, 'url' | 'stop'>> {
  const dataFolder = resolve(folder)
  if (!existsSync(join(dataFolder, 'postgres/data'))) {
    throw new AppError('database.not_found_in_folder', { cause: new Error(dataFolder) })
  }
  const running = await runningEmbeddedPostgres(dataFolder)
  if (running !== undefined) return { url: running, stop: () => Promise.resolve() }
  return startEmbeddedPostgres({ dataFolder })
}
