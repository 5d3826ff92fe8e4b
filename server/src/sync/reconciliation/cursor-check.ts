/**
 * Checks that the server reports all changes.
 *
 * A successful run proves that the server responds, but not that its response is complete. A stuck cursor reports no
 * changes forever and causes no error. So about once an hour, the newest messages of each folder are listed without the
 * cursor, one request per folder. A listed message that is still not stored after another run was held back, so the
 * folder is read again from the start. If the message is still missing then, the account fails with a reason.
 */
import { sql } from 'kysely'
import type { MessageFiling } from '../../conversations/index.ts'
import type { Database, Tx } from '../../database/index.ts'
import type { SyncedFolder } from '../../email-accounts/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { ListedMessage, ReadingTransport } from '../../transports/index.ts'
import type { Reconciliation } from './reconciliation.ts'
import type { Lease, Leases } from '../scheduling/leases.ts'

export const CHECK_EVERY_MS = 60 * 60_000
/** Delay of the second check. Mail that arrives during a run may be listed before it is reported as a change. */
export const LOOK_AGAIN_MS = 60_000
/** Minimum time between two reads from the start; a large folder takes long. */
const REREAD_EVERY_MS = 45 * 60_000
const LISTED = 25
const FOLDER_REFUSED: readonly string[] = ['transports.item_gone', 'transports.imap_refused']
const HELD_BACK = 'email_accounts.mail_held_back'

export interface CursorCheckDeps {
  database: Database
  clock: Clock
  filing: MessageFiling
  leases: Leases
  reconciliation: Reconciliation
  log: Log
  random: () => number
}

/** Due time of the next check, and whether the account counts as up to date. */
export interface Checked {
  dueAt: Date
  isWell: boolean
}

type Finding = 'well' | 'to-look-again' | 'to-read-again' | 'held-back'

export type CursorCheck = ReturnType<typeof createCursorCheck>

export function createCursorCheck(deps: CursorCheckDeps) {
  const { database, clock, filing, leases, reconciliation, log, random } = deps

  /**
   * Checks an account if its check is due. Call it after all folders were read to their ends.
   *
   * @throws {AppError} `email_accounts.mail_held_back`
   */
  async function check(lease: Lease, transport: ReadingTransport, folders: readonly SyncedFolder[]): Promise<Checked> {
    const { reason } = lease.account
    // Only a successful check ends this failure; a completed run does not.
    const isWell = reason?.code !== HELD_BACK
    const now = clock.now()
    const dueAt = lease.checkDueAt
    if (dueAt && dueAt > now) return { dueAt, isWell }
    // A folder just read from the start needs no check. The random delay spreads the checks of mailboxes.
    if (!dueAt) return plan(lease, isWell, new Date(now.getTime() + CHECK_EVERY_MS * (1 - random() / 2)))

    const findings: Finding[] = []
    for (const folder of folders) findings.push(await checkFolder(lease, transport, folder))
    if (findings.includes('to-read-again')) return plan(lease, isWell, now)
    if (findings.includes('held-back')) throw new AppError('email_accounts.mail_held_back')
    if (findings.includes('to-look-again')) {
      return plan(lease, isWell, new Date(now.getTime() + LOOK_AGAIN_MS))
    }
    // A gap among the newest messages is a fault of the cursor. Messages missing further down are fetched one by one.
    if ((await reconciliation.compare(lease, transport, folders)) === 'to-look-again') {
      return plan(lease, isWell, new Date(now.getTime() + LOOK_AGAIN_MS))
    }
    return plan(lease, true, new Date(now.getTime() + CHECK_EVERY_MS * (1 - random() / 10)), { isPassed: true })
  }

  function plan(lease: Lease, isWell: boolean, dueAt: Date, { isPassed = false } = {}): Promise<Checked> {
    return leases.write(lease, async (tx) => {
      await tx
        .updateTable('account_sync_states')
        .set({ check_due_at: dueAt, ...(isPassed && { checked_at: clock.now() }) })
        .where('email_account_id', '=', lease.account.id)
        .execute()
      return { dueAt, isWell }
    })
  }

  async function checkFolder(lease: Lease, transport: ReadingTransport, folder: SyncedFolder): Promise<Finding> {
    // Drafts are never stored.
    if (folder.role === 'drafts') return 'well'
    const listed = await newestIn(transport, folder)
    if (!listed) return 'well'
    const missing = await missingOf(lease, folder, listed)
    const before = await database.db
      .selectFrom('folder_sync_states')
      .select(['missed_ids', 'reread_at'])
      .where('folder_id', '=', folder.id)
      .executeTakeFirst()
    if (!before) return 'well'
    return leases.write(lease, (tx) => judge(tx, lease, folder, { listed, missing, ...before }))
  }

  /** Newest messages of a folder; undefined if the folder is gone, which the next run handles. */
  async function newestIn(transport: ReadingTransport, { remoteId }: SyncedFolder) {
    try {
      return await transport.newest(remoteId, LISTED)
    } catch (error) {
      if (error instanceof AppError && FOLDER_REFUSED.includes(error.code)) return undefined
      throw error
    }
  }

  /** Listed messages within the import period that are neither stored nor set aside nor erased. */
  async function missingOf(
    { account }: Lease,
    { id: folderId }: SyncedFolder,
    listed: readonly ListedMessage[],
  ): Promise<ListedMessage[]> {
    const wanted = listed.filter(({ receivedAt }) => receivedAt >= account.importFrom)
    if (wanted.length === 0) return []
    const ids = wanted.map(({ remoteId }) => remoteId)
    const known = await filing.findKnownIds(account.id, ids)
    const setAside = await database.db
      .selectFrom('unfiled_messages')
      .select('remote_id')
      .where('email_account_id', '=', account.id)
      .where('remote_id', 'in', ids)
      .union(
        database.db
          .selectFrom('erased_locations')
          .select('remote_id')
          .where('folder_id', '=', folderId)
          .where('remote_id', 'in', ids),
      )
      .execute()
    for (const { remote_id: remoteId } of setAside) known.add(remoteId)
    return wanted.filter(({ remoteId }) => !known.has(remoteId))
  }

  async function judge(
    tx: Tx,
    { account }: Lease,
    folder: SyncedFolder,
    found: {
      listed: readonly ListedMessage[]
      missing: readonly ListedMessage[]
      missed_ids: string[]
      reread_at: Date | null
    },
  ): Promise<Finding> {
    const { listed, missing, missed_ids: missed, reread_at: rereadAt } = found
    // So many messages may have arrived since that the missed ones are no longer among the newest.
    const isAllNew = missing.length === listed.length
    const isStill = missed.length > 0 && missing.some(({ remoteId }) => isAllNew || missed.includes(remoteId))
    const now = clock.now()
    const isRead = rereadAt !== null && now.getTime() - rereadAt.getTime() < REREAD_EVERY_MS
    const isReadAgain = isStill && !isRead
    if (missing.length === 0 && missed.length === 0) return 'well'

    await tx
      .updateTable('folder_sync_states')
      .set({
        missed_ids: missing.map(({ remoteId }) => remoteId),
        // Without a cursor, an imported folder is read from the start, and messages not seen then have left it.
        ...(isReadAgain && { cursor: null, rereading: false, reread_at: now }),
      })
      .where('folder_id', '=', folder.id)
      .execute()
    if (missing.length === 0) return 'well'
    const oldest = new Date(Math.min(...missing.map(({ receivedAt }) => receivedAt.getTime())))
    await sql`UPDATE folder_sync_states SET complete_up_to = least(complete_up_to, ${oldest}::timestamptz)
      WHERE folder_id = ${folder.id}`.execute(tx)
    if (!isStill) return 'to-look-again'

    log.warn(
      { emailAccountId: account.id, folder: folder.name, missing: missing.length, isReadAgain },
      'The server lists messages that it did not tell of',
    )
    await tx
      .updateTable('account_sync_states')
      .set((eb) => ({ checks_failed: eb('checks_failed', '+', 1) }))
      .where('email_account_id', '=', account.id)
      .execute()
    return isReadAgain ? 'to-read-again' : 'held-back'
  }

  return { check }
}
