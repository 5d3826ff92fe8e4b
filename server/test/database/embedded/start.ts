/** For tests: starts PostgreSQL, prints its URL, and stops it at the end of its input. Usage: node … FOLDER [join] */
import { startEmbeddedPostgres } from '../../../src/database/embedded/embedded-postgres.ts'
import { joinEmbeddedPostgres } from '../../../src/database/embedded/join.ts'
import { AppError } from '../../../src/kernel/errors.ts'

try {
  const [, , dataFolder, verb] = process.argv
  const postgres =
    verb === 'join' ? await joinEmbeddedPostgres(dataFolder!) : await startEmbeddedPostgres({ dataFolder: dataFolder! })
  process.stdout.write(`${JSON.stringify({ url: postgres.url, adopted: 'adopted' in postgres && postgres.adopted })}\n`)
  process.stdin.once('end', () => void postgres.stop()).resume()
} catch (error) {
  const { code, cause } = AppError.from(error)
  process.stdout.write(`${JSON.stringify({ code, cause: cause instanceof Error ? cause.message : undefined })}\n`)
}
