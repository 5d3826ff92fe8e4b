import type { MessageFiling } from '../../conversations/index.ts'
import type { Database } from '../../database/index.ts'
import type { EmailAccounts, SyncedFolder } from '../../email-accounts/index.ts'
import type { Log } from '../../kernel/log.ts'
import type { RemoteFolder } from '../../mail/index.ts'
import type { ReadingTransport } from '../../transports/index.ts'
import { readCursor } from './folder-cursor.ts'
import type { Lease, Leases } from '../scheduling/leases.ts'

/** Errors for a missing folder. Exchange refuses it by IMAP without a response code. */
const REFUSALS: readonly (string | undefined)[] = ['transports.item_gone', 'transports.imap_refused']
const SAMPLED = 5
/** Greater than any round (PostgreSQL integer). */
const ALL_ROUNDS = 2 ** 31 - 1

/** Handles a synced folder missing on the server: follows its rename, or stops syncing it. */
export function createLostFolders(deps: {
  database: Database
  emailAccounts: Pick<EmailAccounts, 'folders' | 'takeOverFolders' | 'forgetFolder' | 'followFolder'>
  filing: Pick<MessageFiling, 'listLatest' | 'removeUnmet'>
  leases: Pick<Leases, 'write'>
  log: Log
}) {
  const { database, emailAccounts, filing, leases, log } = deps

  /** @returns false if the folder exists on the server, so that the error has another cause */
  async function settle(
    lease: Lease,
    transport: ReadingTransport,
    folder: SyncedFolder,
    code: string | undefined,
  ): Promise<boolean> {
    if (!REFUSALS.includes(code)) return false
    const remote = await transport.listFolders()
    // A list without an inbox can't be the list of this mailbox.
    if (!remote.some(({ role }) => role === 'inbox')) return false
    if (remote.some(({ remoteId }) => remoteId === folder.remoteId)) return false
    const renamed = await renamedOf(transport, folder, remote)
    const { id: emailAccountId } = lease.account
    log.warn(
      { emailAccountId, folder: folder.name, renamed: renamed?.remoteId },
      'A folder is not on the server any more',
    )
    await leases.write(lease, async (tx) => {
      if (renamed) await emailAccounts.followFolder(tx, folder, renamed)
      else {
        // Its messages may be deleted or moved; each is looked up.
        await filing.removeUnmet(tx, lease.account, folder.remoteId, ALL_ROUNDS)
        await emailAccounts.forgetFolder(tx, folder)
      }
      await emailAccounts.takeOverFolders(tx, emailAccountId, remote)
    })
    return true
  }

  async function renamedOf(
    transport: ReadingTransport,
    { id, emailAccountId }: SyncedFolder,
    remote: readonly RemoteFolder[],
  ): Promise<RemoteFolder | undefined> {
    if (!transport.renamedFolder) return undefined
    const cursor = await readCursor(database, id)
    if (!cursor) return undefined
    const known = new Map((await emailAccounts.folders(emailAccountId)).map((each) => [each.remoteId, each]))
    const candidates = remote
      .filter(({ remoteId }) => !known.get(remoteId)?.synced)
      .map(({ remoteId }) => ({ remoteId, isNew: !known.has(remoteId) }))
      .sort((a, b) => Number(b.isNew) - Number(a.isNew))
    const sample = await filing.listLatest(id, SAMPLED)
    const renamed = await transport.renamedFolder(cursor, { candidates, sample })
    return remote.find(({ remoteId }) => remoteId === renamed)
  }

  return { settle }
}
