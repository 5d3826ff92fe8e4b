import type { EmailAccounts, SyncedFolder } from '../../email-accounts/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { FolderId } from '../../kernel/ids.ts'
import type { Log } from '../../kernel/log.ts'
import type { Lease, Leases } from '../scheduling/leases.ts'

const REFUSALS: readonly string[] = ['transports.item_gone', 'transports.imap_refused', 'transports.imap_no_access']
/** The first refusal may be transient and is not reported. */
const REST_MS = { first: 60_000, later: 10 * 60_000 }

/** Skips folders that the server lists but refuses for a while; the others are read. */
export function createRefusedFolders(deps: {
  clock: Clock
  emailAccounts: Pick<EmailAccounts, 'refuseFolder' | 'acceptFolder'>
  leases: Pick<Leases, 'write'>
  log: Log
}) {
  const { clock, emailAccounts, leases, log } = deps
  const refusals = new Map<FolderId, { count: number; until: number }>()
  /** Kept in memory: after a restart, each report of a refused folder is ended once. */
  const accepted = new Set<FolderId>()

  /** Returns false for the inbox, without which the mailbox fails, and for errors not specific to one folder. */
  function isOfOneFolder(error: unknown, { role }: SyncedFolder): error is AppError {
    return error instanceof AppError && role !== 'inbox' && REFUSALS.includes(error.code)
  }

  /** @returns time of the next try */
  async function refuse(lease: Lease, folder: SyncedFolder, error: AppError): Promise<Date> {
    const count = (refusals.get(folder.id)?.count ?? 0) + 1
    const until = clock.now().getTime() + (count === 1 ? REST_MS.first : REST_MS.later)
    refusals.set(folder.id, { count, until })
    accepted.delete(folder.id)
    log.warn({ err: error, emailAccountId: lease.account.id, folder: folder.name }, 'The server refuses a folder')
    // Junk is only checked for answers and was not selected.
    if (count > 1 && folder.synced) await leases.write(lease, (tx) => emailAccounts.refuseFolder(tx, folder))
    return new Date(until)
  }

  async function accept(lease: Lease, folder: SyncedFolder): Promise<void> {
    refusals.delete(folder.id)
    if (accepted.has(folder.id)) return
    await leases.write(lease, (tx) => emailAccounts.acceptFolder(tx, folder))
    accepted.add(folder.id)
  }

  return {
    isOfOneFolder,
    refuse,
    accept,
    isRefused: ({ id }: SyncedFolder) => (refusals.get(id)?.until ?? 0) > clock.now().getTime(),
    /** Forgets refusals if all folders are refused: then the mailbox itself fails. */
    forget(folders: readonly SyncedFolder[]): void {
      for (const { id } of folders) refusals.delete(id)
    },
  }
}
