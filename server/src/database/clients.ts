import { Pool, types, type Client, type ClientBase, type ClientConfig, type QueryResultRow } from 'pg'
import { PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import { LimitedClient } from './limited-client.ts'
import { withAnswerLimit, type DatabaseLimits } from './limits.ts'
import { translated } from './pg-errors.ts'

const INT8 = 20

/** Returns the configuration of every connection. */
export function connectionConfig(url: string, { connectMs }: Pick<DatabaseLimits, 'connectMs'>): ClientConfig {
  return {
    connectionString: url,
    application_name: 'postkey',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    // With libuv's interval and count (1 s, 10), an unreachable machine is detected within 20 s.
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: parserOf },
  }
}

export function createPool(
  url: string,
  maxConnections: number,
  limits: DatabaseLimits,
  failed: (error: Error) => void,
): Pool {
  const pool = new Pool({
    ...connectionConfig(url, limits),
    // The pool passes its own options to each client.
    ...{ answerMs: limits.answerMs },
    Client: LimitedClient as unknown as typeof Client,
    max: maxConnections,
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the pool awaits it; its types are older
    onConnect: (client) => setUpPoolSession(client, limits),
  })
  // A broken connection is replaced at the next use. Without these listeners (one for idle connections, one for those
  // in use), it would end the process.
  pool.on('error', failed)
  const idle = new Set<LimitedClient>()
  const open = new Set<LimitedClient>()
  openClients.set(pool, open)
  pool.on('connect', (pooled) => {
    const client = pooled as unknown as LimitedClient
    client.on('error', () => undefined)
    open.add(client)
    client.once('end', () => open.delete(client))
    // Idle connections use the same network path. Each would cost its next user the whole limit.
    client.onSilent = () => {
      for (const each of idle) each.destroy(new Error('PostgreSQL did not answer on another connection'))
    }
  })
  pool.on('acquire', (client) => idle.delete(client as unknown as LimitedClient))
  pool.on('release', (_error, client) => idle.add(client as unknown as LimitedClient))
  pool.on('remove', (client) => idle.delete(client as unknown as LimitedClient))
  return pool
}

/** Ends the pool. Destroys connections that still wait for an answer after `graceMs`. */
export async function endPool(pool: Pool, end: () => Promise<void>, graceMs: number): Promise<void> {
  const timer = setTimeout(() => {
    for (const client of openClients.get(pool) ?? []) client.destroy(new Error('Postkey ends'))
  }, graceMs)
  await end().finally(() => clearTimeout(timer))
}

const openClients = new WeakMap<Pool, Set<LimitedClient>>()

/** Uses SET instead of start parameters: poolers such as PgBouncer refuse start parameters they don't know. */
async function setUpPoolSession(client: ClientBase, { statementMs, lockMs }: DatabaseLimits): Promise<void> {
  await client.query(
    `SET statement_timeout = ${statementMs}; SET lock_timeout = ${lockMs};
     SET idle_in_transaction_session_timeout = ${FORGOTTEN_TRANSACTION_MS};${NOTICE_LOST_CLIENT}`,
  )
}

/** A transaction left open by its process must not hold its rows, or block vacuum, forever. */
const FORGOTTEN_TRANSACTION_MS = 60_000

/**
 * Makes the server end sessions whose client disappeared, which frees their locks. PostgreSQL accepts and ignores the
 * setting on Unix sockets. It is omitted where the operating system doesn't support it.
 */
const NOTICE_LOST_CLIENT = `
  DO $$ BEGIN
    PERFORM set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false),
      set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '25000', false);
  EXCEPTION WHEN OTHERS THEN NULL; END $$`

/**
 * Opens a connection outside of the pool, for session-level features: locks and LISTEN. It is connected when returned.
 */
export async function connectClient(
  url: string,
  extra: ClientConfig = {},
  limits: Pick<DatabaseLimits, 'connectMs' | 'answerMs'> = { connectMs: 10_000, answerMs: 10_000 },
): Promise<LimitedClient> {
  const client = new LimitedClient({ ...connectionConfig(url, limits), ...extra, answerMs: limits.answerMs })
  // Without a listener, a connection that breaks between two queries would end the process.
  client.on('error', () => undefined)
  await translated(async () => {
    await client.connect()
    await client.query(NOTICE_LOST_CLIENT)
  })
  return client
}

export type Ask = <Row extends QueryResultRow>(
  statement: string,
  values?: unknown[],
  limitMs?: number,
) => Promise<Row[]>

/**
 * Runs statements on one connection one at a time, because the driver's own queue is deprecated. A statement without an
 * answer after `limitMs` (default: the limit of the connection) destroys the connection.
 */
export function inTurn(client: Client): Ask {
  let last: Promise<unknown> = Promise.resolve()
  return (text, values = [], limitMs) => {
    const ask = () => translated(() => client.query(text, values))
    const next = last.then(() => (limitMs === undefined ? ask() : withAnswerLimit(limitMs, ask)))
    last = next.catch(() => undefined)
    return next.then(({ rows }) => rows as never)
  }
}

/** Creates Kysely's dialect over our pool, so that errors of every query are translated by `pg-errors.ts`. */
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
 * Parses `bigint` as a number: our counters and sizes stay below 2^53, and a larger value is an error instead of a
 * wrong number. All other types keep the driver's parsers: `timestamptz` is a `Date`, `jsonb` is parsed, `bytea` is a
 * `Buffer`.
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
