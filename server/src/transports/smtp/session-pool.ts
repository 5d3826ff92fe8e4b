import type { SmtpSession } from './smtp-session.ts'

/** Maximum connections. Exchange Online allows three per mailbox; one is left for other programs. */
const MOST = 2
/** Idle time: long enough to use the connection for the next message, and shorter than the timeouts of servers. */
const IDLE_MS = 15_000

/**
 * Connections of a mailbox for sending, shared by all tasks: at most two at a time, kept open briefly after a message.
 *
 * @see https://aka.ms/concurrent_sending
 */
export interface SessionPool {
  /** Waits for a place and runs `work`. `isUsed`: the connection was used before and may have been lost since. */
  use<T>(
    open: () => Promise<SmtpSession>,
    work: (session: SmtpSession, kept: { isUsed: boolean }) => Promise<T>,
  ): Promise<T>
  close(): void
}

export function createSessionPool({ idleMs = IDLE_MS } = {}): SessionPool {
  const idle = new Set<SmtpSession>()
  const waiting: (() => void)[] = []
  let held = 0

  async function enter(): Promise<void> {
    if (held < MOST) held++
    // The place passes directly to the next waiting task.
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function leave(): void {
    const next = waiting.shift()
    if (next) next()
    else held--
  }

  function keep(session: SmtpSession): void {
    idle.add(session)
    setTimeout(() => {
      if (idle.delete(session)) session.close()
    }, idleMs).unref()
  }

  return {
    async use(open, work) {
      await enter()
      try {
        const idleSession = [...idle].find(({ isOpen }) => isOpen)
        for (const session of idle) if (session === idleSession || !session.isOpen) idle.delete(session)
        const session = idleSession ?? (await open())
        try {
          return await work(session, { isUsed: idleSession !== undefined })
        } finally {
          if (session.isOpen) keep(session)
        }
      } finally {
        leave()
      }
    },
    close() {
      for (const session of idle) session.close()
      idle.clear()
    },
  }
}

/** Session pools of this process by server and login, which mailboxes that send with the same login share. */
export function createSessionPools() {
  const pools = new Map<string, SessionPool>()
  return {
    named(name: string): SessionPool {
      const pool = pools.get(name) ?? createSessionPool()
      pools.set(name, pool)
      return pool
    },
    close(): void {
      for (const pool of pools.values()) pool.close()
      pools.clear()
    },
  }
}
