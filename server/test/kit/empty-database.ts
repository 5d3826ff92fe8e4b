import { Client } from 'pg'
import { clusterUrl } from './cluster.ts'

export interface EmptyDatabase {
  url: string
  /** Removes everything from it. */
  clear: () => Promise<void>
  drop: () => Promise<void>
}

/** Creates a database without tables. With `owner`, it belongs to a user without any other right. */
export async function createEmptyDatabase(name: string): Promise<EmptyDatabase> {
  const cluster = await clusterUrl()
  const database = `postkey_empty_${name}_${process.pid}`
  await withClient(cluster, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
    await client.query(`DROP ROLE IF EXISTS ${database}`)
    await client.query(`CREATE ROLE ${database} LOGIN PASSWORD 'owner'`)
    await client.query(`CREATE DATABASE ${database} OWNER ${database}`)
  })
  const url = cluster.replace(/\/\/[^/@]*@/, `//${database}:owner@`).replace(/(\/\/[^/?]*)(\/[^?]*)?/, `$1/${database}`)
  return {
    url,
    clear: () =>
      withClient(url, async (client) => {
        await client.query('DROP SCHEMA public CASCADE')
        await client.query('CREATE SCHEMA public')
      }),
    drop: () =>
      withClient(cluster, async (client) => {
        await client.query(`DROP DATABASE ${database} WITH (FORCE)`)
        await client.query(`DROP ROLE ${database}`)
      }),
  }
}

/** Runs one statement. */
export async function ask<Row extends object>(url: string, statement: string): Promise<Row[]> {
  return withClient(url, async (client) => (await client.query<Row>(statement)).rows)
}

/** Connects under a name that is not Postkey's. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'test' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
