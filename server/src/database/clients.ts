import { Client, Pool, types, type ClientConfig, type QueryConfig, type QueryResultRow } from 'pg'
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
  // A connection that breaks is replaced at the next use. Without these listeners, one for the idle and one for those
  // in use, it would end the process.
  pool.on('error', failed)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** A connection outside of the pool, for what belongs to a session: locks, listening. Connected when it is returned. */
export async function connectClient(url: string, extra: ClientConfig = {}): Promise<Client> {
  const client = new Client({ ...connectionConfig(url), ...extra })
  await translated(() => client.connect())
  return client
}

export type Ask = <Row extends QueryResultRow>(
  statement: string,
  values?: unknown[],
  limitMs?: number,
) => Promise<Row[]>

/**
 * Statements on one connection, one at a time, as the driver's own queue is deprecated. One without an answer after
 * `limitMs` fails: the network may have lost the other side without telling.
 */
export function inTurn(client: Client): Ask {
  let last: Promise<unknown> = Promise.resolve()
  return (text, values = [], limitMs = 10_000) => {
    const next = last.then(() =>
      // The types of the driver do not know its limit for a single statement.
      translated(() => client.query({ text, values, query_timeout: limitMs } as QueryConfig)),
    )
    last = next.catch(() => undefined)
    return next.then(({ rows }) => rows as never)
  }
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
