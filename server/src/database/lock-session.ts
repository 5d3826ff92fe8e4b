import { createBatches } from '../kernel/batches.ts'
import { AppError } from '../kernel/errors.ts'
import { connectClient, inTurn, type Ask } from './clients.ts'
import type { DatabaseLimits } from './limits.ts'

/**
 * Three limits after which a lock of an absent holder is released:
 *
 * - at once when its connection breaks
 * - after `client_connection_check_interval` when its process died while waiting inside a statement
 * - after `idle_session_timeout` when its process or machine stalls
 *
 * A live process sends queries at shorter intervals than that.
 */
const CHECK_INTERVAL_MS = 2_000
const LONGEST_HEARTBEAT_MS = 2_000
/** `idle_session_timeout`, as a number of heartbeats. */
const MISSED_HEARTBEATS = 5
/** Limit in addition to the wait for the lock itself. */
const LONGEST_ANSWER_MS = 10_000

/** Connection that can hold locks. Its locks are released when it ends, for whatever reason. */
export interface LockSession {
  /**
   * Resolves to true when the lock was acquired. The server also refuses while other sessions queue for the lock, so
   * that none is overtaken.
   */
  tryLock(id: bigint): Promise<boolean>
  /** Queues at the server. Resolves to `false` when the wait took longer than `waitMs`. */
  lock(id: bigint, waitMs: number): Promise<boolean>
  unlock(id: bigint): Promise<void>
  /** Aborted as soon as the connection, and every lock with it, is lost. */
  readonly lost: AbortSignal
  close(): Promise<void>
}

export async function openLockSession(url: string, limits: DatabaseLimits): Promise<LockSession> {
  const answerMs = Math.min(limits.answerMs, LONGEST_ANSWER_MS)
  const heartbeatMs = Math.min(limits.heartbeatMs, LONGEST_HEARTBEAT_MS)
  const client = await connectClient(url, { application_name: 'postkey locks' }, { ...limits, answerMs })
  const gone = new AbortController()
  // Receives errors that occur while no query is pending; the end of the connection follows.
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
    // Half-open connections must not keep locks that this process considers lost.
    void client.end().catch(() => undefined)
  })

  /** Locks that are requested or released together share a statement. */
  const tryLock = createBatches(
    async (ids: readonly bigint[]) => {
      try {
        const rows = await query<{ locked: boolean }>(
          'SELECT pg_try_advisory_lock(id) AS locked FROM unnest($1::bigint[]) WITH ORDINALITY AS lock(id, n) ORDER BY n',
          [ids.map(String)],
        )
        return rows.map(({ locked }) => locked)
      } catch (error) {
        // A failed statement keeps the locks that it acquired, and a repetition would acquire them twice.
        gone.abort()
        throw error
      }
    },
    { gathers: true },
  )
  const unlock = createBatches(
    async (ids: readonly bigint[]) => {
      await query('SELECT pg_advisory_unlock(id) FROM unnest($1::bigint[]) AS lock(id)', [ids.map(String)])
      return ids.map(() => undefined)
    },
    { gathers: true },
  )

  return {
    lost: gone.signal,
    tryLock,
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
    unlock,
    async close() {
      clearInterval(heartbeat)
      await client.end().catch(() => undefined)
    },
  }
}
