import type { Database } from '../../src/database/index.ts'

/** Number of statements sent to the pool meanwhile. */
export async function countStatements({ pool }: Pick<Database, 'pool'>, work: () => Promise<unknown>): Promise<number> {
  let count = 0
  const counted = new Set<object>()
  const onAcquire = (client: { query: (...args: unknown[]) => unknown }) => {
    if (counted.has(client)) return
    counted.add(client)
    const query = client.query.bind(client)
    client.query = (...args: unknown[]) => {
      count++
      return query(...args)
    }
  }
  pool.on('acquire', onAcquire)
  try {
    await work()
  } finally {
    pool.off('acquire', onAcquire)
    for (const client of counted) delete (client as { query?: unknown }).query
  }
  return count
}
