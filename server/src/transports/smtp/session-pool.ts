import type { SmtpSession } from './smtp-session.ts'

/** Exchange Online takes three connections of a mailbox at a time; one is left for whoever else sends as it. */
const MOST = 2
/** Long enough for an answer and the next one, and short enough that no server ends it first. */
const IDLE_MS = 15_000

/**
 * The connections of one mailbox for sending, whoever sends: at most two at a time, kept for a moment after a message.
 *
 * @see https://aka.ms/concurrent_sending
 */
export interface SessionPool {
  /** Waits for a place. `isUsed` tells a connection that may have died while it was kept. */
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
    // The place goes from hand to hand.
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
        const kept = [...idle].find(({ isOpen }) => isOpen)
        for (const session of idle) if (session === kept || !session.isOpen) idle.delete(session)
        const session = kept ?? (await open())
        try {
          return await work(session, { isUsed: kept !== undefined })
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
