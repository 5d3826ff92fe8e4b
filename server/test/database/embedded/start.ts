/** For tests: starts PostgreSQL, prints its URL, and stops it at the end of its input. Usage: node … FOLDER */
import { startEmbeddedPostgres } from '../../../src/database/embedded/embedded-postgres.ts'
import { AppError } from '../../../src/kernel/errors.ts'

try {
  const postgres = await startEmbeddedPostgres({ dataFolder: process.argv[2]! })
  process.stdout.write(`${JSON.stringify({ url: postgres.url, adopted: postgres.adopted })}\n`)
  process.stdin.once('end', () => void postgres.stop()).resume()
} catch (error) {
  const { code, cause } = AppError.from(error)
  process.stdout.write(`${JSON.stringify({ code, cause: cause instanceof Error ? cause.message : undefined })}\n`)
}
