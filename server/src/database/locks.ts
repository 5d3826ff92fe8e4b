import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { AppError } from '../kernel/errors.ts'
import type { LockSession } from './lock-session.ts'

/** Maximum connections of one process that wait for locks at the same time. Further waiters queue in the process. */
const MOST_WAITING = 8
export const LOCK_WAIT_MS = 60_000

export interface LockOptions {
  /** Maximum wait in milliseconds before `database.lock_busy`. */
  waitMs?: number
}

export interface Locks {
  withLock<T>(key: string, work: (lost: AbortSignal) => Promise<T>, options?: LockOptions): Promise<T>
  tryLock<T>(
    key: string,
    work: (lost: AbortSignal) => Promise<T>,
  ): Promise<{ locked: false } | { locked: true; result: T }>
  close(): Promise<void>
}

/**
 * Creates named locks shared by all processes on one database.
 *
 * They are PostgreSQL's session advisory locks. A free lock is taken on the one connection that the process keeps for
 * locks. Waiting for a lock of another process uses a separate connection, because a waiting connection can't even
 * release a lock: two processes waiting for each other's locks would deadlock. PostgreSQL lets one session take the
 * same lock repeatedly, so callers of one process queue here by name.
 *
 * @see https://www.postgresql.org/docs/18/explicit-locking.html#ADVISORY-LOCKS
 */
export function createLocks(openSession: () => Promise<LockSession>): Locks {
  const queues = new Map<string, Promise<unknown>>()
  const holding = new AsyncLocalStorage<Held>()
  const waiting = createGate(MOST_WAITING)
  let kept: Promise<LockSession> | undefined

  async function withLock<T>(
    key: string,
    work: (lost: AbortSignal) => Promise<T>,
    { waitMs = LOCK_WAIT_MS }: LockOptions = {},
  ): Promise<T> {
    refuseHolder(key)
    const deadline = AbortSignal.timeout(waitMs)
    const leave = await enterQueue(key, deadline)
    try {
      const lock = await take(key, deadline, waitMs)
      return await hold(key, lock, work)
    } finally {
      leave()
    }
  }

  async function tryLock<T>(key: string, work: (lost: AbortSignal) => Promise<T>) {
    refuseHolder(key)
    if (queues.has(key)) return { locked: false } as const
    const leave = await enterQueue(key)
    try {
      const session = await takeFree(idOf(key))
      if (!session) return { locked: false } as const
      return {
        locked: true,
        result: await hold(key, { session, release: () => session.unlock(idOf(key)) }, work),
      } as const
    } finally {
      leave()
    }
  }

  async function take(key: string, deadline: AbortSignal, waitMs: number): Promise<Lock> {
    const id = idOf(key)
    const session = await takeFree(id)
    if (session) return { session, release: () => session.unlock(id) }

    const leaveGate = await waiting.enter(deadline)
    let ownSession: LockSession | undefined
    try {
      const own = (ownSession = await openSession())
      if (!(await own.lock(id, waitMs))) throw new AppError('database.lock_busy')
      const release = async () => {
        try {
          await own.unlock(id).finally(() => own.close())
        } finally {
          leaveGate()
        }
      }
      return { session: own, release }
    } catch (error) {
      await ownSession?.close()
      leaveGate()
      throw error
    }
  }

  async function hold<T>(key: string, { session, release }: Lock, work: (lost: AbortSignal) => Promise<T>): Promise<T> {
    const held: Held = { key, active: true, around: holding.getStore() }
    try {
      const result = await holding.run(held, () => work(session.lost))
      if (session.lost.aborted) throw new AppError('database.lock_lost')
      return result
    } finally {
      held.active = false
      // A failed release means that the connection is gone, and the lock with it.
      await release().catch(() => undefined)
    }
  }

  /**
   * Returns the kept connection with the lock on it; `undefined` when the lock is held elsewhere. A lost connection may
   * be noticed only by querying it. It holds no locks then, and another connection is tried.
   */
  async function takeFree(id: bigint): Promise<LockSession | undefined> {
    const session = await keptSession()
    try {
      return (await session.tryLock(id)) ? session : undefined
    } catch (error) {
      if (!session.lost.aborted) throw error
      const another = await keptSession()
      return (await another.tryLock(id)) ? another : undefined
    }
  }

  /** Returns the connection that the process keeps, or a new one when it was lost. */
  function keptSession(): Promise<LockSession> {
    kept ??= openSession().then(
      (session) => {
        session.lost.addEventListener('abort', () => (kept = undefined))
        if (session.lost.aborted) kept = undefined
        return session
      },
      (error: unknown) => {
        kept = undefined
        throw error
      },
    )
    return kept
  }

  /** Queues first come, first served. Resolves when the caller is first, with a function that leaves the queue. */
  async function enterQueue(key: string, deadline?: AbortSignal): Promise<() => void> {
    const before = queues.get(key)
    const turn = Promise.withResolvers<undefined>()
    const mine = Promise.all([before, turn.promise])
    queues.set(key, mine)
    const leave = () => {
      turn.resolve(undefined)
      if (queues.get(key) === mine) queues.delete(key)
    }
    try {
      await (deadline ? Promise.race([before, expiry(deadline)]) : before)
      return leave
    } catch (error) {
      // The next waiter now waits for the caller before this one.
      turn.resolve(undefined)
      throw error
    }
  }

  /** Throws when a holder requests its own lock, because it would wait for itself. This is a bug in our code. */
  function refuseHolder(key: string): void {
    for (let held = holding.getStore(); held; held = held.around) {
      if (held.active && held.key === key) throw new TypeError(`The lock "${key}" is asked for by its own holder`)
    }
  }

  return {
    withLock,
    tryLock,
    async close() {
      const session = await kept?.catch(() => undefined)
      await session?.close()
    },
  }
}

interface Lock {
  session: LockSession
  release: () => Promise<void>
}

interface Held {
  key: string
  active: boolean
  around: Held | undefined
}

/** Creates a gate that admits at most `limit` callers; the others wait in arrival order. */
function createGate(limit: number) {
  let inside = 0
  const outside = new Set<() => void>()

  async function enter(deadline: AbortSignal): Promise<() => void> {
    if (inside >= limit) {
      const turn = Promise.withResolvers<undefined>()
      const call = () => turn.resolve(undefined)
      outside.add(call)
      try {
        await Promise.race([turn.promise, expiry(deadline)])
      } finally {
        outside.delete(call)
      }
    }
    inside++
    return () => {
      inside--
      const [next] = outside
      if (next) {
        outside.delete(next)
        next()
      }
    }
  }
  return { enter }
}

function expiry(deadline: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const expire = () => reject(new AppError('database.lock_busy'))
    if (deadline.aborted) expire()
    else deadline.addEventListener('abort', expire, { once: true })
  })
}

/** Returns 63 bits of a hash. Two of a million names collide once in ten million installations. */
export function idOf(key: string): bigint {
  return createHash('sha256').update(`postkey:${key}`).digest().readBigInt64BE(0)
}
