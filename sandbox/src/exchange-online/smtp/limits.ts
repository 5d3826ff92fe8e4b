import type { Clock } from '../../kernel/clock.ts'
import { CONCURRENT, Reply, TOO_FAST } from './replies.ts'

/** @see docs/reference/microsoft-365.md §E.8 */
const MOST_CONNECTIONS = 3
const MOST_A_MINUTE = 30
const MINUTE_MS = 60_000

/** Counts connections and messages of each mailbox. In memory: a restart of Exchange's front end resets them too. */
export function createLimits(clock: Clock) {
  const connections = new Map<string, Set<string>>()
  const sent = new Map<string, number[]>()

  return {
    /** @throws Reply 432 when the mailbox already has three connections */
    connected(mailboxId: string, connectionId: string): void {
      const open = connections.get(mailboxId) ?? new Set()
      if (!open.has(connectionId) && open.size >= MOST_CONNECTIONS) throw new Reply(CONCURRENT)
      connections.set(mailboxId, open.add(connectionId))
    },
    disconnected(connectionId: string): void {
      for (const open of connections.values()) open.delete(connectionId)
    },
    /**
     * Counts a message. @throws Reply 432 above 30 in any minute of the sandbox's clock; the message is then not
     * counted
     */
    message(mailboxId: string): void {
      const now = clock.now().getTime()
      const recent = (sent.get(mailboxId) ?? []).filter((at) => at > now - MINUTE_MS)
      if (recent.length >= MOST_A_MINUTE) throw new Reply(TOO_FAST)
      sent.set(mailboxId, [...recent, now])
    },
  }
}

export type Limits = ReturnType<typeof createLimits>
