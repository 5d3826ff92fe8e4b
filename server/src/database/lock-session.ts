import { AppError } from '../kernel/errors.ts'
import { connectClient, inTurn, type Ask } from './clients.ts'

/**
 * Three limits in which a lock comes free whose holder is gone: at once when its connection breaks; after
 * `client_connection_check_interval` when its process died while it waited inside of a statement; after
 * `idle_session_timeout` when its process or its machine stands still. A process that lives asks something in shorter
 * intervals than that.
 */
const CHECK_INTERVAL_MS = 2_000
const HEARTBEAT_MS = 2_000
const IDLE_LIMIT_MS = 10_000
/** Beyond the wait for a lock itself. */
const ANSWER_LIMIT_MS = 10_000

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

  const inOrder = inTurn(client)
  const query: Ask = async (...args) => {
    try {
      return await inOrder(...args)
    } catch (error) {
      if (error instanceof AppError && error.code === 'database.unavailable') gone.abort()
      throw error
    }
  }
  await query(`SET idle_session_timeout = ${IDLE_LIMIT_MS}`)
  await query(`SET client_connection_check_interval = ${CHECK_INTERVAL_MS}`)
  const heartbeat = setInterval(() => void query('SELECT 1').catch(() => undefined), HEARTBEAT_MS)
  heartbeat.unref()
  gone.signal.addEventListener('abort', () => {
    clearInterval(heartbeat)
    // Half-open connections must not keep the locks which we no longer believe in.
    void client.end().catch(() => undefined)
  })

  return {
    lost: gone.signal,
    tryLock: async (id) => {
      const rows = await query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [String(id)])
      return rows[0]?.locked === true
    },
    async lock(id, waitMs) {
      await query(`SET lock_timeout = ${Math.max(1, Math.ceil(waitMs))}`)
      try {
        await query('SELECT pg_advisory_lock($1)', [String(id)], waitMs + ANSWER_LIMIT_MS)
        return true
      } catch (error) {
        if (isLockTimeout(error)) return false
        throw error
      }
    },
    async unlock(id) {
      await query('SELECT pg_advisory_unlock($1)', [String(id)])
    },
    async close() {
      clearInterval(heartbeat)
      await client.end().catch(() => undefined)
    },
  }
}

/** `lock_not_available`, which is what `lock_timeout` is reported as. */
function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03'
}
