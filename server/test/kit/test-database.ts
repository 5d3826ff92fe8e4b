import { createHash, randomUUID } from 'node:crypto'
import { Client, DatabaseError, escapeIdentifier } from 'pg'
import { afterAll } from 'vitest'
import { systemClock } from '../../src/kernel/clock.ts'
import { createDatabase, migrate, readMigrations, type Database } from '../../src/database/index.ts'
import { clusterUrl } from './cluster.ts'
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
  const cluster = await clusterUrl()
  const template = await templateOn(cluster)
  const name = `postkey_test_${randomUUID().replaceAll('-', '')}`
  await ask(cluster, `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(template)}`)
  const url = urlOf(cluster, name)
  const database = await createDatabase(url, { log: silentLog })
  afterAll(async () => {
    await database.close()
    await ask(cluster, `DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`)
  })
  return { ...database, url }
}

/** Returns a template database with the current migrations. The first process creates it, and all tests copy it. */
async function templateOn(cluster: string): Promise<string> {
  const migrations = readMigrations()
  const version = createHash('sha256')
    .update(migrations.map(({ checksum }) => checksum).join())
    .digest('hex')
  const template = `postkey_template_${version.slice(0, 16)}`
  if (await exists(cluster, template)) return template

  // Has a temporary name until it is complete.
  const unfinished = `${template}_${randomUUID().slice(0, 8)}`
  await ask(cluster, `CREATE DATABASE ${escapeIdentifier(unfinished)}`)
  const database = await createDatabase(urlOf(cluster, unfinished), {
    log: silentLog,
    maxConnections: 1,
  })
  try {
    await migrate(database, systemClock, migrations)
  } finally {
    await database.close()
  }
  try {
    await ask(cluster, `ALTER DATABASE ${escapeIdentifier(unfinished)} RENAME TO ${escapeIdentifier(template)}`)
  } catch (error) {
    // Two concurrent renames collide in the index of names.
    const other = error instanceof DatabaseError && ['42P04', '23505'].includes(error.code ?? '')
    if (!other) throw error
    await ask(cluster, `DROP DATABASE ${escapeIdentifier(unfinished)} WITH (FORCE)`)
  }
  return template
}

async function exists(cluster: string, name: string): Promise<boolean> {
  return (await ask(cluster, 'SELECT FROM pg_database WHERE datname = $1', [name])) > 0
}

async function ask(cluster: string, statement: string, values: unknown[] = []): Promise<number> {
  const client = new Client({ connectionString: cluster })
  await client.connect()
  try {
    return (await client.query(statement, values)).rowCount ?? 0
  } finally {
    await client.end()
  }
}

/**
 * Returns the URL of another database on the same server. `URL` can't parse an address without a host, so the text is
 * edited.
 */
function urlOf(cluster: string, name: string): string {
  return cluster.replace(/(\/\/[^/?]*)(\/[^?]*)?/, `$1/${name}`)
}
