import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { MessageFiling, StoredMessages } from '../../conversations/index.ts'
import type { Database, Tx } from '../../database/index.ts'
import type { EmailAccount, SyncedFolder } from '../../email-accounts/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { FolderId } from '../../kernel/ids.ts'
import type { Log } from '../../kernel/log.ts'
import type { RemoteMessage, SparseMessage } from '../../mail/index.ts'
import type { ChangePage, Cursor, ReadingTransport } from '../../transports/index.ts'
import { createChangedContent } from './changed-content.ts'
import type { ImportPace } from './import-pace.ts'
import { isOfOneMessage, type FiledAccount, type FileOne, type FilePage } from './file-messages.ts'
import { readCursor } from './folder-cursor.ts'
import type { Lease, Leases, QuietRead } from '../scheduling/leases.ts'
import { completeUpToOfFolder } from '../sync-states.ts'
import type { FilingFailure, UnfiledMessages } from './unfiled-messages.ts'

export interface FolderReadingDeps {
  database: Database
  clock: Clock
  events: Events
  filing: MessageFiling
  messages: Pick<StoredMessages, 'keepAttachments'>
  leases: Leases
  unfiled: UnfiledMessages
  fileOne: FileOne
  filePage: FilePage
  pace: ImportPace
  log: Log
}

/** Maximum number of restarts per run after the server invalidated the cursor. */
export const MOST_RESTARTS = 3

/** Part of a folder to read: up to `pages` pages, or more if `orMs` is not over. */
export interface ReadingLimit {
  pages: number
  orMs: number
  /**
   * If true, only the newest page of a folder that was never read. The newest messages of all folders are then stored
   * before the older ones of the first folder.
   */
  newestFirst: boolean
}

interface Asked {
  askedAt: Date
  answer: Promise<IteratorResult<ChangePage, unknown>>
}

export interface ReadingEnd {
  /** True if the end of the folder was reached. */
  isAtEnd: boolean
  /** Number of times the server invalidated the cursor. */
  restarts: number
  /** Time to read the folder again for postponed work. */
  againAt?: Date | undefined
}

export type FolderReading = ReturnType<typeof createFolderReading>

/**
 * Reads a folder from its cursor, page by page. A page, all its effects and the next cursor are stored in one
 * transaction. After a crash, the next run continues after the last stored page and recognizes messages it sees twice.
 * Pages are stored in order while the next page is requested.
 */
export function createFolderReading(deps: FolderReadingDeps) {
  const { database, clock, events, filing, leases, unfiled, fileOne, filePage, pace, log } = deps
  const withChangedContent = createChangedContent(deps)

  /** Reads a folder up to the limit. */
  async function read(
    lease: Lease,
    transport: ReadingTransport,
    folder: SyncedFolder,
    limit: ReadingLimit,
  ): Promise<ReadingEnd> {
    const beganAt = performance.now()
    const since = lease.account.importFrom
    const known = lease.start.positions.get(folder.id)
    const cursor = known ? known.cursor : await readCursor(database, folder.id)
    // An imported folder without a cursor is read again from the start; messages not seen then have left it.
    const again = cursor === undefined && folder.imported
    const isOpening = limit.newestFirst && cursor === undefined && !folder.imported
    const { pages, orMs } = isOpening ? { pages: 1, orMs: 0 } : limit
    const changes = transport.changes(folder.remoteId, cursor, { since, again })[Symbol.asyncIterator]()
    let restarts = 0
    function ask(): Asked {
      // Before the request, because mail that arrives during the request may be missing from the response.
      const askedAt = clock.now()
      const answer = changes.next()
      // Prevents an unhandled rejection before the result is awaited.
      answer.catch(() => undefined)
      return { askedAt, answer }
    }
    try {
      let asked: Asked | undefined = ask()
      for (let page = 1; asked; page++) {
        const { askedAt, answer }: Asked = asked
        const step: IteratorResult<ChangePage, unknown> = await answer
        if (step.done) return { isAtEnd: true, restarts }
        if (step.value.restarts) restarts++
        asked = undefined
        // The server prepares the next page while this one is stored. At most two pages are in memory.
        const askNext = (): void => {
          const isMore = page < pages || performance.now() - beganAt < orMs
          const hasNext = !step.value.done && isMore && restarts <= MOST_RESTARTS && !lease.over.aborted
          asked = hasNext ? ask() : undefined
        }
        if (await keepQuiet(lease, transport, folder, step.value, askedAt)) {
          return { isAtEnd: true, restarts, againAt: step.value.againAt }
        }
        // The stored cursor moves now.
        lease.start.positions.delete(folder.id)
        lease.quiet.delete(folder.id)
        if (folder.imported) askNext()
        const whole = await completed(lease, transport, folder, step.value)
        if (folder.imported) await store(lease, folder, whole, askedAt)
        else {
          await inTurn(lease, () => {
            askNext()
            return store(lease, folder, whole, askedAt)
          })
        }
        if (step.value.done) return { isAtEnd: true, restarts, againAt: step.value.againAt }
      }
      return { isAtEnd: false, restarts }
    } finally {
      await changes.return?.()
    }
  }

  /**
   * Keeps the last page of an imported folder for the end of the run if it contains no news. Its stored cursor stays valid
   * meanwhile: it returns the same again.
   *
   * @returns false if the page has to be stored
   */
  async function keepQuiet(
    lease: Lease,
    transport: ReadingTransport,
    folder: SyncedFolder,
    page: ChangePage,
    askedAt: Date,
  ): Promise<boolean> {
    const known = lease.start.positions.get(folder.id)
    const isLast = page.done && !page.reset && !page.firstRound && !page.restarts
    if (!known?.completeUpTo || known.hasMissed || !folder.imported || !isLast) return false
    if (page.upserts.length > 0 || page.removed.length > 0) return false
    if (page.left && (await leftOf(database.db, folder, page.left)).length > 0) return false
    const isToStore = transport.protocol === 'imap' && !isSamePlace(lease.account, known.cursor, page.cursor)
    lease.quiet.set(folder.id, { askedAt, cursor: page.cursor, isToStore, storedUpTo: known.completeUpTo })
    leases.progress(lease)
    return true
  }

  /** Stores the results that were kept for the end of the run, as their pages would have been stored. */
  async function storeQuiet(tx: Tx, { account, quiet }: Lease): Promise<void> {
    if (quiet.size === 0) return
    const read = [...quiet].map(([id, { cursor, askedAt }]: [FolderId, QuietRead]) => ({ id, cursor, askedAt }))
    await sql`UPDATE folder_sync_states AS folder SET cursor = item.cursor,
        complete_up_to = CASE WHEN missed_ids = '{}' THEN item."askedAt" ELSE folder.complete_up_to END
      FROM jsonb_to_recordset(${JSON.stringify(read)}::jsonb) AS item(id uuid, cursor jsonb, "askedAt" timestamptz)
      WHERE folder_id = item.id`.execute(tx)
    await setFigures(tx, account, undefined)
  }

  /** Runs `work` on a page of an import in its turn. Until then, one page of the import is in memory. */
  async function inTurn(lease: Lease, work: () => Promise<void>): Promise<void> {
    const endWait = leases.beginWait(lease)
    try {
      await filing.waitForSearchIndex()
      await pace.run(() => {
        endWait()
        return work()
      })
    } finally {
      endWait()
    }
  }

  /** Fetches messages with a sparse change that are not stored yet. Leaves out messages older than the import. */
  async function completed(
    lease: Lease,
    transport: ReadingTransport,
    folder: SyncedFolder,
    whole: ChangePage,
  ): Promise<ChangePage> {
    const { account } = lease
    const page = folder.synced ? whole : await wantedOf(account, whole)
    const isOld = (each: RemoteMessage) => each.receivedAt < account.importFrom
    const doubtful = page.upserts.filter((each) => each.partial || isOld(each)).map(({ remoteId }) => remoteId)
    const known = await filing.findKnownIds(account.id, doubtful)
    const upserts: (RemoteMessage | SparseMessage)[] = []
    for (const each of page.upserts) {
      const whole = !each.partial || known.has(each.remoteId) ? each : await transport.fetchMessage(each.remoteId)
      // If the message was moved meanwhile, the other folder reports it.
      if (!whole || whole.folderRemoteId !== each.folderRemoteId) continue
      if (!whole.partial && isOld(whole) && !known.has(whole.remoteId)) continue
      upserts.push(whole)
    }
    return { ...page, upserts: await withChangedContent(account, transport, page, upserts) }
  }

  /** Messages of a checked-only folder to file: stored ones and answers to sent mail. */
  async function wantedOf(account: EmailAccount, page: ChangePage): Promise<ChangePage> {
    const known = await filing.findKnownIds(
      account.id,
      page.upserts.map(({ remoteId }) => remoteId),
    )
    const strange = page.upserts.filter((each): each is RemoteMessage => !each.partial && !known.has(each.remoteId))
    const answers = await filing.findAnswers(account, strange)
    return { ...page, upserts: page.upserts.filter(({ remoteId }) => known.has(remoteId) || answers.has(remoteId)) }
  }

  async function store(lease: Lease, folder: SyncedFolder, page: ChangePage, askedAt: Date): Promise<void> {
    try {
      await leases.write(lease, (tx) => storePage(tx, lease.account, folder, page, askedAt, filePage))
    } catch (error) {
      if (!isOfOneMessage(error)) throw error
      log.info({ emailAccountId: lease.account.id }, 'A page of messages is stored one by one')
      const failures: FilingFailure[] = []
      await leases.write(lease, (tx) => {
        // A transaction that is repeated meets its failures again.
        failures.length = 0
        return storePage(tx, lease.account, folder, page, askedAt, fileOneByOne(failures), failures)
      })
      unfiled.report(lease.account, failures)
    }
  }

  async function storePage(
    tx: Tx,
    account: EmailAccount,
    folder: SyncedFolder,
    page: ChangePage,
    askedAt: Date,
    file: FilePage,
    failures: readonly FilingFailure[] = [],
  ): Promise<void> {
    const round = await beginRound(tx, folder, page)
    // Old mail that a person moves into an imported folder arrives open.
    const closesBefore = folder.imported ? undefined : account.importClosesBefore
    const created = await file(tx, { ...account, closesBefore }, page.upserts)
    // After the upserts: a message in both lists is looked up on the server.
    const removed = page.left ? [...page.removed, ...(await leftOf(tx, folder, page.left))] : page.removed
    for (const remoteId of removed) await filing.removeFromFolder(tx, account, folder.remoteId, remoteId)
    const left = page.done && page.reset ? await filing.removeUnmet(tx, account, folder.remoteId, round) : 0

    await tx
      .updateTable('folder_sync_states')
      .set((eb) => ({
        cursor: JSON.stringify(page.cursor),
        ...(page.firstRound && !page.reset ? { imported_count: eb('imported_count', '+', created) } : {}),
        ...(page.done ? { imported: true, rereading: false, complete_up_to: completeUpTo(askedAt) } : {}),
      }))
      .where('folder_id', '=', folder.id)
      .execute()
    await setFigures(tx, account, !folder.imported || page.firstRound ? clock.now() : undefined)

    const folderId = folder.id
    const common = { emailAccountId: account.id, at: clock.now() }
    if (page.done && page.reset) {
      await events.append(tx, {
        ...common,
        kind: 'folder.resynced',
        subjectId: folderId,
        payload: { folderId, left },
      })
    } else if (folder.synced && page.firstRound && !page.reset && (created > 0 || failures.length > 0 || page.done)) {
      await events.append(tx, {
        ...common,
        kind: 'email_account.import_progressed',
        subjectId: account.id,
        payload: { folderId, done: page.done },
      })
    }
  }

  /** Stored remote ids of a folder that are no longer in it. */
  async function leftOf(
    tx: Tx | Database['db'],
    { id }: SyncedFolder,
    left: (remoteId: string) => boolean,
  ): Promise<string[]> {
    const rows = await tx.selectFrom('message_locations').select('remote_id').where('folder_id', '=', id).execute()
    return rows.map((row) => row.remote_id).filter(left)
  }

  /**
   * Starts a new round when a folder is read from the start. Messages not seen in the round have left. If the cursor is
   * invalidated again in between, another round starts, because messages seen before may have left since.
   */
  async function beginRound(tx: Tx, folder: SyncedFolder, page: ChangePage): Promise<number> {
    const { cursor_round: round, rereading } = await tx
      .selectFrom('folder_sync_states')
      .select(['cursor_round', 'rereading'])
      .where('folder_id', '=', folder.id)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow()
    if (!page.reset || (rereading && !page.restarts)) return round
    await tx
      .updateTable('folder_sync_states')
      .set({ cursor_round: round + 1, rereading: true })
      .where('folder_id', '=', folder.id)
      .execute()
    return round + 1
  }

  /** Files messages one by one, and adds those that can't be stored to `failures`. */
  function fileOneByOne(failures: FilingFailure[]): FilePage {
    return async (tx, account, page) => {
      let created = 0
      for (const each of page) if (await fileOrSetAside(tx, account, each, failures)) created++
      return created
    }
  }

  /** Files one message. A message that can't be stored is set aside, so that it does not block later ones. */
  async function fileOrSetAside(
    tx: Tx,
    account: FiledAccount,
    each: RemoteMessage | SparseMessage,
    failures: FilingFailure[],
  ): Promise<boolean> {
    await sql`SAVEPOINT one_message`.execute(tx)
    try {
      const created = await fileOne(tx, account, each)
      await sql`RELEASE SAVEPOINT one_message`.execute(tx)
      return created
    } catch (error) {
      if (!isOfOneMessage(error)) throw error
      await sql`ROLLBACK TO SAVEPOINT one_message`.execute(tx)
      await unfiled.setAside(tx, account, each, error)
      failures.push({ remoteId: each.remoteId, error })
      return false
    }
  }

  /**
   * Updates the figures of an account. A page of an import proves that the account is readable, because the end of the
   * import may be hours away. The account is complete up to the time of its least complete folder.
   */
  async function setFigures(tx: Tx, account: EmailAccount, provenAt: Date | undefined): Promise<void> {
    await sql`UPDATE account_sync_states SET
        last_read_at = coalesce(${provenAt ?? null}, last_read_at),
        complete_up_to = (
        SELECT CASE WHEN bool_and(folder_sync_states.complete_up_to IS NOT NULL) THEN min(${completeUpToOfFolder}) END
        FROM folders JOIN folder_sync_states ON folder_id = folders.id
        WHERE email_account_id = ${account.id} AND synced)
      WHERE email_account_id = ${account.id}`.execute(tx)
  }

  return { read, storeQuiet }
}

/**
 * True if the stored cursor serves as well as the new one. The time of the last comparison of flags limits how often an
 * IMAP server is asked for them; a mailbox in IDLE is read seldom.
 */
function isSamePlace({ push }: EmailAccount, stored: Cursor | undefined, next: Cursor): boolean {
  const isSeldomRead = push.state === 'active'
  return isDeepStrictEqual(isSeldomRead ? { ...stored, comparedAt: next.comparedAt } : stored, next)
}

/** While listed messages are missing, the completeness time stays unchanged. */
function completeUpTo(askedAt: Date) {
  return sql<Date>`CASE WHEN missed_ids = '{}' THEN ${askedAt}::timestamptz ELSE complete_up_to END`
}
