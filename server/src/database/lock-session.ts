import { AppError } from '../kernel/errors.ts'
import { connectClient, inTurn, type Ask } from './clients.ts'
import type { DatabaseLimits } from './limits.ts'

/**
 * Three limits in which a lock comes free whose holder is gone: at once when its connection breaks; after
 * `client_connection_check_interval` when its process died while it waited inside of a statement; after
 * `idle_session_timeout` when its process or its machine stands still. A process that lives asks something in shorter
 * intervals than that.
 */
const CHECK_INTERVAL_MS = 2_000
const LONGEST_HEARTBEAT_MS = 2_000
/** `idle_session_timeout`, in heartbeats. */
const MISSED_HEARTBEATS = 5
/** Beyond the wait for a lock itself. */
const LONGEST_ANSWER_MS = 10_000

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

export async function openLockSession(url: string, limits: DatabaseLimits): Promise<LockSession> {
  const answerMs = Math.min(limits.answerMs, LONGEST_ANSWER_MS)
  const heartbeatMs = Math.min(limits.heartbeatMs, LONGEST_HEARTBEAT_MS)
  const client = await connectClient(url, { application_name: 'postkey locks' }, { ...limits, answerMs })
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
  await query(`SET idle_session_timeout = ${MISSED_HEARTBEATS * heartbeatMs}`)
  await query(`SET client_connection_check_interval = ${CHECK_INTERVAL_MS}`)
  const heartbeat = setInterval(() => void query('SELECT 1').catch(() => undefined), heartbeatMs)
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
        await query('SELECT pg_advisory_lock($1)', [String(id)], waitMs + answerMs)
        return true
      } catch (error) {
        if (error instanceof AppError && error.code === 'database.lock_busy') return false
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
