import type { SyncedFolder } from '../../email-accounts/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { ReadingTransport } from '../../transports/index.ts'
import type { Lease } from '../scheduling/leases.ts'

/** Interval of Junk checks for a mailbox that gets new mail within seconds; each check costs one more request. */
export const JUNK_EVERY_MS = 5 * 60_000

/**
 * Shows answers to sent mail that the server classified as junk in their conversations. Junk is checked after all other
 * folders, because an answer is recognized by the message it answers. Other junk mail is not stored.
 *
 * @see docs/decisions/0014-replies-in-junk.md
 */
export function createJunkWatch(deps: {
  clock: Clock
  read: (lease: Lease, transport: ReadingTransport, folder: SyncedFolder) => Promise<unknown>
}) {
  const lookedAt = new Map<EmailAccountId, number>()

  /** Checks Junk if due, after the synced folders were read to their ends. */
  return async function look(lease: Lease, transport: ReadingTransport): Promise<void> {
    const { id, watchesJunk } = lease.account
    const now = deps.clock.now().getTime()
    if (!watchesJunk || now - (lookedAt.get(id) ?? -Infinity) < JUNK_EVERY_MS) return
    lookedAt.set(id, now)
    for (const folder of lease.start.folders)
      if (folder.role === 'junk' && !folder.synced) await deps.read(lease, transport, folder)
  }
}
