/**
 * Whether what the server tells of changes is all that there is.
 *
 * A reading proves that the server answers, not that it answers well: a cursor that is stuck says "nothing new" for ever,
 * and nobody meets an error. So about once an hour each folder is asked for its newest messages past its cursor, one
 * request each. What is there and not here, although a reading came in between, was held back: the folder is read again
 * from the start, and when that does not bring it either, the mailbox is not well and says so.
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
import type { Turn, Turns } from '../scheduling/turns.ts'

export const CHECK_EVERY_MS = 60 * 60_000
/** What came while the folder was being read may be in the list before it is among the changes. */
export const LOOK_AGAIN_MS = 60_000
/** A large folder takes its time; it is not read from the start more often than that. */
const REREAD_EVERY_MS = 45 * 60_000
const LISTED = 25
const FOLDER_REFUSED: readonly string[] = ['transports.item_gone', 'transports.imap_refused']
const HELD_BACK = 'email_accounts.mail_held_back'

export interface CursorCheckDeps {
  database: Database
  clock: Clock
  filing: MessageFiling
  turns: Turns
  reconciliation: Reconciliation
  log: Log
  random: () => number
}

/** When the account is due again for the sake of its check, and whether it may count as well. */
export interface Checked {
  dueAt: Date
  isWell: boolean
}

type Finding = 'well' | 'to-look-again' | 'to-read-again' | 'held-back'

export type CursorCheck = ReturnType<typeof createCursorCheck>

export function createCursorCheck(deps: CursorCheckDeps) {
  const { database, clock, filing, turns, reconciliation, log, random } = deps

  /**
   * When it is due; after the folders were read to their ends.
   *
   * @throws {AppError} `email_accounts.mail_held_back`
   */
  async function check(turn: Turn, transport: ReadingTransport, folders: readonly SyncedFolder[]): Promise<Checked> {
    const { id, reason } = turn.account
    // What was found is over when a check finds it so, and not because a reading came to its end.
    const isWell = reason?.code !== HELD_BACK
    const now = clock.now()
    const { check_due_at: dueAt } = await database.db
      .selectFrom('email_accounts')
      .select('check_due_at')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    if (dueAt && dueAt > now) return { dueAt, isWell }
    // What was read from the start a moment ago needs no proof. From then on each has an hour of its own.
    if (!dueAt) return plan(turn, isWell, new Date(now.getTime() + CHECK_EVERY_MS * (1 - random() / 2)))

    const findings: Finding[] = []
    for (const folder of folders) findings.push(await checkFolder(turn, transport, folder))
    if (findings.includes('to-read-again')) return plan(turn, isWell, now)
    if (findings.includes('held-back')) throw new AppError('email_accounts.mail_held_back')
    if (findings.includes('to-look-again')) {
      return plan(turn, isWell, new Date(now.getTime() + LOOK_AGAIN_MS))
    }
    // What is held back at the top is the matter of the cursor; what is missing further down is brought in one by one.
    if ((await reconciliation.compare(turn, transport, folders)) === 'to-look-again') {
      return plan(turn, isWell, new Date(now.getTime() + LOOK_AGAIN_MS))
    }
    return plan(turn, true, new Date(now.getTime() + CHECK_EVERY_MS * (1 - random() / 10)), { isPassed: true })
  }

  function plan(turn: Turn, isWell: boolean, dueAt: Date, { isPassed = false } = {}): Promise<Checked> {
    return turns.write(turn, async (tx) => {
      await tx
        .updateTable('email_accounts')
        .set({ check_due_at: dueAt, ...(isPassed && { checked_at: clock.now() }) })
        .where('id', '=', turn.account.id)
        .execute()
      return { dueAt, isWell }
    })
  }

  async function checkFolder(turn: Turn, transport: ReadingTransport, folder: SyncedFolder): Promise<Finding> {
    // Drafts are never kept.
    if (folder.role === 'drafts') return 'well'
    const listed = await newestIn(transport, folder)
    if (!listed) return 'well'
    const missing = await missingOf(turn, listed)
    const before = await database.db
      .selectFrom('folders')
      .select(['missed_ids', 'reread_at'])
      .where('id', '=', folder.id)
      .executeTakeFirst()
    if (!before) return 'well'
    return turns.write(turn, (tx) => judge(tx, turn, folder, { listed, missing, ...before }))
  }

  /** Undefined where the folder is not there any more: the next reading handles that. */
  async function newestIn(transport: ReadingTransport, { remoteId }: SyncedFolder) {
    try {
      return await transport.newest(remoteId, LISTED)
    } catch (error) {
      if (error instanceof AppError && FOLDER_REFUSED.includes(error.code)) return undefined
      throw error
    }
  }

  /** Listed, of the time that we read, and neither stored nor set aside. */
  async function missingOf({ account }: Turn, listed: readonly ListedMessage[]): Promise<ListedMessage[]> {
    const wanted = listed.filter(({ receivedAt }) => receivedAt >= account.importFrom)
    if (wanted.length === 0) return []
    const ids = wanted.map(({ remoteId }) => remoteId)
    const known = await filing.findKnownIds(account.id, ids)
    const setAside = await database.db
      .selectFrom('unfiled_messages')
      .select('remote_id')
      .where('email_account_id', '=', account.id)
      .where('remote_id', 'in', ids)
      .execute()
    for (const { remote_id: remoteId } of setAside) known.add(remoteId)
    return wanted.filter(({ remoteId }) => !known.has(remoteId))
  }

  async function judge(
    tx: Tx,
    { account }: Turn,
    folder: SyncedFolder,
    found: {
      listed: readonly ListedMessage[]
      missing: readonly ListedMessage[]
      missed_ids: string[]
      reread_at: Date | null
    },
  ): Promise<Finding> {
    const { listed, missing, missed_ids: missed, reread_at: rereadAt } = found
    // So much may have come since that nothing of what was missed is among the newest any more.
    const isAllNew = missing.length === listed.length
    const isStill = missed.length > 0 && missing.some(({ remoteId }) => isAllNew || missed.includes(remoteId))
    const now = clock.now()
    const isRead = rereadAt !== null && now.getTime() - rereadAt.getTime() < REREAD_EVERY_MS
    const isReadAgain = isStill && !isRead
    if (missing.length === 0 && missed.length === 0) return 'well'

    await tx
      .updateTable('folders')
      .set({
        missed_ids: missing.map(({ remoteId }) => remoteId),
        // No cursor, and imported: from the start, and what is not met has left.
        ...(isReadAgain && { cursor: null, rereading: false, reread_at: now }),
      })
      .where('id', '=', folder.id)
      .execute()
    if (missing.length === 0) return 'well'
    const oldest = new Date(Math.min(...missing.map(({ receivedAt }) => receivedAt.getTime())))
    await sql`UPDATE folders SET complete_up_to = least(complete_up_to, ${oldest}::timestamptz)
      WHERE id = ${folder.id}`.execute(tx)
    if (!isStill) return 'to-look-again'

    log.warn(
      { emailAccountId: account.id, folder: folder.name, missing: missing.length, isReadAgain },
      'The server lists messages that it did not tell of',
    )
    await tx
      .updateTable('email_accounts')
      .set((eb) => ({ checks_failed: eb('checks_failed', '+', 1) }))
      .where('id', '=', account.id)
      .execute()
    return isReadAgain ? 'to-read-again' : 'held-back'
  }

  return { check }
}
