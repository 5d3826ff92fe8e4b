import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { AppError } from '../kernel/errors.ts'
import type { LockSession } from './lock-session.ts'

/** Connections of one process that may wait for locks at a time. More waiters queue in the process for one of them. */
const MOST_WAITING = 8
export const LOCK_WAIT_MS = 60_000

export interface LockOptions {
  /** How long to wait before `database.lock_busy`. */
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
 * Locks by name, for all processes on one database.
 *
 * They are PostgreSQL's session advisory locks. A free one is taken on the one connection that the process keeps for it.
 * Waiting for one that another process holds happens on a connection of its own, as a connection that waits can do
 * nothing else, not even give a lock back: two processes that wait for each other's locks would never end.
 * PostgreSQL lets one session take the same lock again and again, so callers of one process queue here by name.
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
      // A lock that cannot be given back lay on a connection that is gone, and so is the lock.
      await release().catch(() => undefined)
    }
  }

  /**
   * The kept connection, with the lock on it; `undefined` when somebody else has it. That the connection is gone may be
   * noticed only by asking; then nothing is locked on it, and another one is asked.
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

  /** The connection that the process keeps; another one when it is lost. */
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

  /** First come, first served. Resolves when it is our turn, with the way out. */
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
      // Whoever waits behind us now waits for whoever we waited for.
      turn.resolve(undefined)
      throw error
    }
  }

  /** The holder who asks again would wait for itself. That is a mistake in our code and no state of the world. */
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

/** At most `limit` inside; the others wait in the order in which they came. */
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

/** 63 bits of a hash: two of a million names are the same once in ten million installations. */
function idOf(key: string): bigint {
  return createHash('sha256').update(`postkey:${key}`).digest().readBigInt64BE(0)
}
