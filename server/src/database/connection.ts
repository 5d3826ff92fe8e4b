import { Client, Pool, types, type ClientConfig } from 'pg'
import { PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import { translated } from './pg-errors.ts'

const INT8 = 20

/** For each connection of ours, whatever it serves. */
export function connectionConfig(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: 'postkey',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types: { getTypeParser: parserOf },
  }
}

export function createPool(url: string, maxConnections: number, failed: (error: Error) => void): Pool {
  const pool = new Pool({
    ...connectionConfig(url),
    max: maxConnections,
    // A transaction that its process forgot must not hold its rows, nor keep vacuum from them, for ever.
    idle_in_transaction_session_timeout: 60_000,
  })
  // An idle connection that breaks is replaced at the next use. Without this listener it would end the process.
  pool.on('error', failed)
  return pool
}

/** A connection outside of the pool, for what belongs to a session: locks, listening. Connected when it is returned. */
export async function connectClient(url: string, extra: ClientConfig = {}): Promise<Client> {
  const client = new Client({ ...connectionConfig(url), ...extra })
  await translated(() => client.connect())
  return client
}

/** Kysely's dialect over our pool, so that each query passes the edge of `pg-errors.ts`. */
export function createDialect(pool: Pool): PostgresDialect {
  const wrapped = new WeakMap<object, PostgresPoolClient>()
  const translating: PostgresPool = {
    options: pool.options,
    connect: () =>
      translated(async () => {
        const client = await pool.connect()
        let outer = wrapped.get(client)
        if (!outer) {
          outer = {
            query: ((sql: string, parameters: unknown[]) =>
              translated(() => client.query(sql, parameters))) as unknown as PostgresPoolClient['query'],
            release: (discard) => client.release(discard),
          }
          wrapped.set(client, outer)
        }
        return outer
      }),
    end: () => pool.end(),
  }
  return new PostgresDialect({ pool: translating })
}

/**
 * `bigint` as a number: our counters and sizes stay below 2^53, and what does not is an error instead of a wrong
 * number. All other types as the driver reads them: `timestamptz` is a `Date`, `jsonb` is parsed, `bytea` a `Buffer`.
 */
function parserOf(oid: number, format?: 'text' | 'binary'): unknown {
  return oid === INT8 && format !== 'binary' ? readInt8 : (types.getTypeParser as TypeParsers)(oid, format)
}

type TypeParsers = (oid: number, format?: 'text' | 'binary') => unknown

function readInt8(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is a bigint that a number cannot hold`)
  return value
}
