import { createHash, randomUUID } from 'node:crypto'
import { Client, DatabaseError, escapeIdentifier } from 'pg'
import { createDatabase, migrate, readMigrations } from '../../src/database/index.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { silentLog } from './silent-log.ts'

export interface MigratedDatabase {
  url: string
  /** Ends the connections to it. */
  drop: () => Promise<void>
}

/** Creates an empty database with all migrations on the PostgreSQL of `cluster`: a copy of a template. */
export async function migratedDatabase(cluster: string): Promise<MigratedDatabase> {
  const template = await templateOn(cluster)
  const name = `postkey_test_${randomUUID().replaceAll('-', '')}`
  await ask(cluster, `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(template)}`)
  return {
    url: urlOf(cluster, name),
    drop: async () => {
      await ask(cluster, `DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`)
    },
  }
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
