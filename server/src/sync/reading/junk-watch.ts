import type { EmailAccounts, SyncedFolder } from '../../email-accounts/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { ReadingTransport } from '../../transports/index.ts'
import type { Turn } from '../scheduling/turns.ts'

/** A mailbox whose mail comes within seconds is asked for its Junk less often: it is one request more each time. */
export const JUNK_EVERY_MS = 5 * 60_000

/**
 * What a server takes for spam and is an answer to us, shown in its conversation. Junk is looked at after all other
 * folders: an answer is known by what it answers, which has to be here. Nothing else of it is kept.
 *
 * @see docs/decisions/0014-junk-is-watched-for-answers.md
 */
export function createJunkWatch(deps: {
  clock: Clock
  emailAccounts: Pick<EmailAccounts, 'folders'>
  read: (turn: Turn, transport: ReadingTransport, folder: SyncedFolder) => Promise<unknown>
}) {
  const lookedAt = new Map<EmailAccountId, number>()

  /** When it is time, after the folders that are read came to their ends. */
  return async function look(turn: Turn, transport: ReadingTransport): Promise<void> {
    const { id, watchesJunk } = turn.account
    const now = deps.clock.now().getTime()
    if (!watchesJunk || now - (lookedAt.get(id) ?? -Infinity) < JUNK_EVERY_MS) return
    lookedAt.set(id, now)
    const folders = await deps.emailAccounts.folders(id)
    for (const folder of folders) if (folder.role === 'junk' && !folder.synced) await deps.read(turn, transport, folder)
  }
}
