import type { Client } from 'pg'
import { connectClient } from './connection.ts'
import { translated } from './pg-errors.ts'

/**
 * Three limits in which a lock comes free whose holder is gone: at once when its connection breaks; after
 * `client_connection_check_interval` when its process died while it waited inside of a statement; after
 * `idle_session_timeout` when its process or its machine stands still. A process that lives asks something in shorter
 * intervals than that.
 */
const CHECK_INTERVAL_MS = 2_000
const HEARTBEAT_MS = 2_000
const IDLE_LIMIT_MS = 10_000

/** A connection that can hold locks. What it holds is free when it ends, however it ends. */
export interface LockSession {
  /** Whether the lock is ours now. The server says no as well while others queue for it, so that nobody is overtaken. */
  tryLock(id: bigint): Promise<boolean>
  /** Queues at the server; `false` when it took longer than `waitMs`. */
  lock(id: bigint, waitMs: number): Promise<boolean>
  unlock(id: bigint): Promise<void>
  /** Aborted as soon as the connection is gone, and every lock with it. */
  readonly lost: AbortSignal
  close(): Promise<void>
}

export async function openLockSession(url: string): Promise<LockSession> {
  const client = await connectClient(url, { application_name: 'postkey locks' })
  const gone = new AbortController()
  // Errors of a connection that nobody waits for come here; the end of the connection follows.
  client.on('error', () => gone.abort())
  client.on('end', () => gone.abort())

  await translated(() =>
    client.query(
      `SET idle_session_timeout = ${IDLE_LIMIT_MS}; SET client_connection_check_interval = ${CHECK_INTERVAL_MS}`,
    ),
  )
  const heartbeat = setInterval(() => void client.query('SELECT 1').catch(() => gone.abort()), HEARTBEAT_MS)
  heartbeat.unref()
  gone.signal.addEventListener('abort', () => {
    clearInterval(heartbeat)
    // Half-open connections must not keep the locks which we no longer believe in.
    void client.end().catch(() => undefined)
  })

  return {
    lost: gone.signal,
    tryLock: async (id) => ask(client, 'SELECT pg_try_advisory_lock($1) AS locked', id),
    async lock(id, waitMs) {
      await translated(() => client.query(`SET lock_timeout = ${Math.max(1, Math.ceil(waitMs))}`))
      try {
        await translated(() => client.query('SELECT pg_advisory_lock($1)', [String(id)]))
        return true
      } catch (error) {
        if (isLockTimeout(error)) return false
        throw error
      }
    },
    async unlock(id) {
      await ask(client, 'SELECT pg_advisory_unlock($1) AS locked', id)
    },
    async close() {
      clearInterval(heartbeat)
      await client.end().catch(() => undefined)
    },
  }
}

async function ask(client: Client, statement: string, id: bigint): Promise<boolean> {
  const { rows } = await translated(() => client.query<{ locked: boolean }>(statement, [String(id)]))
  return rows[0]?.locked === true
}

/** `lock_not_available`, which is what `lock_timeout` is reported as. */
function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03'
}
