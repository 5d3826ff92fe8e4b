import { withClient } from './empty-database.ts'

/** Number of rows and checksum of each table that a backup has. */
export async function checksums(url: string): Promise<Record<string, string>> {
  return withClient(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relpersistence = 'p' AND relnamespace = 'public'::regnamespace`,
    )
    const sums: [string, string][] = []
    for (const { name } of tables) {
      const { rows } = await client.query<{ sum: string }>(
        `SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') AS sum FROM "${name}" AS t`,
      )
      sums.push([name, rows[0]!.sum])
    }
    return Object.fromEntries(sums)
  })
}
