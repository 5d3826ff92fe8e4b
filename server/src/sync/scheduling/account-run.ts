import type { MessageFiling } from '../../conversations/index.ts'
import type { Database } from '../../database/index.ts'
import { toSignal, type EmailAccounts, type SyncedFolder } from '../../email-accounts/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId, FolderId } from '../../kernel/ids.ts'
import { traced } from '../../kernel/spans.ts'
import type { Log } from '../../kernel/log.ts'
import type { ReadingTransport } from '../../transports/index.ts'
import { MOST_RESTARTS, type FolderReading } from '../reading/read-folder.ts'
import { nextPoll, nextTry, POLL_MS } from './pace.ts'
import type { CursorCheck } from '../reconciliation/cursor-check.ts'
import { createJunkWatch } from '../reading/junk-watch.ts'
import { createLostFolders } from '../reading/lost-folders.ts'
import type { Push } from '../notifications/push.ts'
import { createRefusedFolders } from '../reading/refused-folders.ts'
import { BEFORE_IMPORTED, type Lease, type Leases } from './leases.ts'
import type { QuietRounds } from './quiet-rounds.ts'
import type { UnfiledMessages } from '../reading/unfiled-messages.ts'
import type { Watches } from '../notifications/idle-watches.ts'

/** Part of an import that is read before new mail, in this and the other folders, is checked. */
const SOME_PAGES = { pages: 4, orMs: 3000 }
const MOST_PAGES = { pages: 200, orMs: 0 }
/** Maximum duration of a run, so that other accounts are served. */
const LONGEST_RUN_MS = 5 * 60 * 1000
/** Maximum duration of a run that imports, so that many imports take turns. */
const LONGEST_IMPORT_RUN_MS = 30_000
const FOLDERS_EVERY_MS = 60 * 60 * 1000
const UNCONFIRMED_AT_A_TIME = 100
/** Pause for a folder after the server invalidated its cursor repeatedly. */
const REST_MS = 10 * 60_000
/** States that wait for a person, who may already have fixed the cause at Microsoft. */
const WAITING: readonly string[] = ['needs-sign-in', 'needs-admin']

export interface AccountRunDeps {
  database: Database
  clock: Clock
  emailAccounts: EmailAccounts
  filing: MessageFiling
  leases: Leases
  reading: FolderReading
  unfiled: UnfiledMessages
  cursorCheck: CursorCheck
  push: Push
  watches: Watches
  quietRounds: QuietRounds
  targetFolders?: ((id: EmailAccountId) => Promise<readonly string[]>) | undefined
  log: Log
  random: () => number
}

/** One sync run of an account: reads all changes and sets the next due time. Throws only if its lease is lost. */
export function createAccountRun(deps: AccountRunDeps) {
  const { database, clock, emailAccounts, filing, leases, reading, unfiled, cursorCheck, push, log, random } = deps
  const { watches, quietRounds } = deps
  const listedAt = new Map<EmailAccountId, number>()
  const restsUntil = new Map<FolderId, number>()
  /** Mailboxes whose folders changed in this run; their next run is due at once. */
  const changed = new Set<EmailAccountId>()
  /** Due times of comparisons that were postponed in this run. */
  const againAt = new Map<EmailAccountId, Date>()
  const lost = createLostFolders({ database, emailAccounts, filing, leases, log })
  const refused = createRefusedFolders({ clock, emailAccounts, leases, log })
  const lookIntoJunk = createJunkWatch({
    clock,
    read: async (lease, transport, folder) => {
      if (!refused.isRefused(folder)) await readUnlessRefused(lease, transport, folder, new Map())
    },
  })

  async function run(lease: Lease): Promise<void> {
    try {
      const { key, receivesBy } = lease.account
      const attributes = { 'postkey.account': key, 'postkey.receives_by': receivesBy }
      await traced('sync run', { attributes }, () => work(lease))
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.code === 'sync.superseded') throw error
      await fail(lease, error)
    }
  }

  async function work(lease: Lease): Promise<void> {
    const { account } = lease
    const { reading: transport } = await emailAccounts.transportOf(account)
    againAt.delete(account.id)
    await unfiled.retry(lease, transport, lease.start.unfiledDueAt)
    const chosen = await foldersOf(lease, transport)
    const isThrough = await readFolders(lease, transport, chosen)
    const folders = chosen.filter((folder) => !refused.isRefused(folder))
    const isChanged = changed.delete(account.id)
    const isWhole = isThrough && !isChanged && !folders.some(isResting)
    if (isThrough) await lookIntoJunk(lease, transport)
    // A message moved into a refused folder would look deleted.
    const canConfirm = isThrough && folders.length === chosen.length
    // A folder whose page was stored, Junk included, has no position any more.
    const isQuiet = lease.start.positions.size === lease.start.folders.length
    if (canConfirm && (!isQuiet || lease.start.hasUnconfirmed)) await confirm(lease, transport, folders)
    // The check compares what is stored.
    const isCheckDue = !lease.checkDueAt || lease.checkDueAt <= clock.now()
    if (isWhole && isCheckDue) await storeQuiet(lease)
    const checked = isWhole ? await cursorCheck.check(lease, transport, folders) : undefined
    const isTold = transport.watch
      ? await push.watched(lease, watches.keep(account, lease.start))
      : await push.keep(lease, transport)
    const dueAtAfter = (lastReceivedAt: Date | undefined, lastSentAt: Date | undefined): Date => {
      const now = clock.now()
      // For a mailbox that was just connected, a person waits for its first mail, so it is polled often.
      const times = [account.createdAt, lastReceivedAt, lastSentAt].map((at) => at?.getTime() ?? 0)
      const lastMailAt = new Date(Math.max(...times))
      const pollAt = isThrough && !isChanged ? nextPoll({ now, lastMailAt, isTold }, random) : now
      const dueAt = [checked?.dueAt, againAt.get(account.id), pollAt].filter((at) => at !== undefined)
      return new Date(Math.min(...dueAt.map((at) => at.getTime())))
    }
    const isComplete = canConfirm && isWhole && checked?.isWell === true && !isCheckDue
    const { lastReceivedAt, lastSentAt } = account
    if (isComplete && (await quietRounds.finish(lease, dueAtAfter(lastReceivedAt, lastSentAt)))) return
    await leases.write(lease, async (tx, { lastReceivedAt, lastSentAt }) => {
      await reading.storeQuiet(tx, lease)
      if (checked?.isWell) await emailAccounts.signal(tx, account.id, 'up-to-date')
      await leases.setDue(tx, lease, dueAtAfter(lastReceivedAt ?? undefined, lastSentAt ?? undefined))
    })
  }

  /** Stores the results of the folders without news that this run has read so far. */
  async function storeQuiet(lease: Lease): Promise<void> {
    if (lease.quiet.size === 0) return
    await leases.write(lease, (tx) => reading.storeQuiet(tx, lease))
    lease.quiet.clear()
  }

  async function fail(lease: Lease, error: AppError): Promise<void> {
    const { account } = lease
    log.warn({ err: error, emailAccountId: account.id, key: account.key }, 'The mailbox could not be read')
    await leases.write(lease, async (tx, { attempts }) => {
      const waited = WAITING.includes(account.state) ? clock.now().getTime() - account.stateSince.getTime() : 0
      const nextTryAt = nextTry(error, { now: clock.now(), attempts, waitsMs: waited }, random)
      const state = await emailAccounts.signal(tx, account.id, toSignal(error), { error, nextTryAt })
      // The account continues with its backup sign-in; no other failure leads to this state.
      const isTakenOver = state === 'connecting'
      // A wake-up must not shorten a pause that the server requested.
      await leases.setDue(tx, lease, isTakenOver ? clock.now() : nextTryAt, { evenIfWoken: true })
    })
  }

  /** Ends a run that stalled. It counts as a failure, and the stalled run can write nothing more. */
  async function abandon(lease: Lease): Promise<void> {
    await fail({ ...lease, over: new AbortController().signal }, new AppError('email_accounts.silent'))
    await database.transaction((tx) => leases.takeAway(tx, lease.account.id, { isDue: false }))
  }

  /** Synced folders, the inbox first. The server's folder list is requested at first and then about once an hour. */
  async function foldersOf(lease: Lease, transport: ReadingTransport): Promise<SyncedFolder[]> {
    const { id } = lease.account
    const known = lease.start.folders
    const now = clock.now().getTime()
    if (known.length === 0 || now - (listedAt.get(id) ?? now) > FOLDERS_EVERY_MS) {
      const remote = await transport.listFolders()
      await leases.write(lease, (tx) => emailAccounts.takeOverFolders(tx, id, remote))
      listedAt.set(id, now)
    } else if (!listedAt.has(id)) listedAt.set(id, now)
    if (known.length === 0) lease.start.folders = await emailAccounts.folders(id)
    const { folders } = lease.start
    return folders.filter(({ synced }) => synced).sort((a, b) => rankOf(a) - rankOf(b))
  }

  /**
   * Reads all folders to their ends, a few pages each at a time, so that an import of one does not delay new mail in
   * the others. Returns false when the time is over. Skips resting and refused folders.
   */
  async function readFolders(
    lease: Lease,
    transport: ReadingTransport,
    folders: readonly SyncedFolder[],
  ): Promise<boolean> {
    const began = clock.now().getTime()
    const readAt = new Map<SyncedFolder, number>()
    const awake = folders.filter((folder) => !isResting(folder) && !refused.isRefused(folder))
    const unfinished = new Set(awake)
    const newestFirst = awake.filter(({ imported, remoteTotal }) => !imported && remoteTotal !== 0).length > 1
    const restarts = new Map<SyncedFolder, number>()
    const failed = new Map<SyncedFolder, AppError>()
    let isImporting = awake.some(({ imported }) => !imported)
    const longestMs = isImporting ? LONGEST_IMPORT_RUN_MS : LONGEST_RUN_MS
    /** True if the account was connected or failing: its import continues at a place of imports. */
    let changesPlace = false
    while (unfinished.size > 0) {
      for (const folder of awake) {
        if (isResting(folder)) continue
        const now = clock.now().getTime()
        if (!unfinished.has(folder) && now - (readAt.get(folder) ?? 0) < POLL_MS.shortest) continue
        if (failed.has(folder)) continue
        const end = await readUnlessRefused(lease, transport, folder, restarts, newestFirst)
        if (end instanceof AppError) failed.set(folder, end)
        readAt.set(folder, now)
        if (end) unfinished.delete(folder)
        if (isImporting && unfinished.size > 0) {
          const state = await leases.write(lease, (tx) => emailAccounts.signal(tx, lease.account.id, 'importing'))
          changesPlace = state === 'importing' && !BEFORE_IMPORTED.includes(lease.account.state)
          isImporting = false
        }
      }
      if (unfinished.size > 0 && (changesPlace || clock.now().getTime() - began > longestMs)) return false
    }
    if (failed.size === 0 || failed.size < awake.length) return true
    refused.forget(folders)
    throw [...failed.values()][0]!
  }

  /** Reads a folder. Returns the error of a refused folder, which is then skipped for a while. */
  async function readUnlessRefused(
    lease: Lease,
    transport: ReadingTransport,
    folder: SyncedFolder,
    restarts: Map<SyncedFolder, number>,
    newestFirst = false,
  ): Promise<boolean | AppError> {
    try {
      const isAtEnd = await readFolder(lease, transport, folder, restarts, newestFirst)
      await refused.accept(lease, folder)
      return isAtEnd
    } catch (error) {
      if (!refused.isOfOneFolder(error, folder)) throw error
      putOff(lease.account.id, await refused.refuse(lease, folder, error))
      return error
    }
  }

  async function readFolder(
    lease: Lease,
    transport: ReadingTransport,
    folder: SyncedFolder,
    restarts: Map<SyncedFolder, number>,
    newestFirst: boolean,
  ): Promise<boolean> {
    try {
      const limit = { ...(folder.imported ? MOST_PAGES : SOME_PAGES), newestFirst }
      const end = await reading.read(lease, transport, folder, limit)
      if (end.againAt) putOff(lease.account.id, end.againAt)
      if (end.isAtEnd) {
        restsUntil.delete(folder.id)
        return true
      }
      restarts.set(folder, (restarts.get(folder) ?? 0) + end.restarts)
      if (restarts.get(folder)! > MOST_RESTARTS) throw new AppError('transports.cursor_forgotten')
      return false
    } catch (error) {
      const code = error instanceof AppError ? error.code : undefined
      // The first occurrence is routine and not reported. If the folder fails again after its pause, the account fails.
      if (code === 'transports.cursor_forgotten' && !restsUntil.has(folder.id)) {
        log.info({ emailAccountId: lease.account.id, folder: folder.name }, 'A folder is left alone for a while')
        restsUntil.set(folder.id, clock.now().getTime() + REST_MS)
        return true
      }
      if (await lost.settle(lease, transport, folder, code)) {
        changed.add(lease.account.id)
        return true
      }
      throw error
    }
  }

  function putOff(id: EmailAccountId, until: Date): void {
    const before = againAt.get(id)
    if (!before || until < before) againAt.set(id, until)
  }

  function isResting({ id }: SyncedFolder): boolean {
    return (restsUntil.get(id) ?? 0) > clock.now().getTime()
  }

  /** Looks up messages that left a folder and appeared in no other synced folder: they were moved or deleted. */
  async function confirm(lease: Lease, transport: ReadingTransport, folders: readonly SyncedFolder[]): Promise<void> {
    const { account } = lease
    const unconfirmed = await filing.listUnconfirmed(account.id, UNCONFIRMED_AT_A_TIME)
    if (unconfirmed.length === 0) return
    const others = (await deps.targetFolders?.(account.id)) ?? []
    const folderRemoteIds = [...others, ...folders.map(({ remoteId }) => remoteId)]
    for (const { id, remoteId, messageId } of unconfirmed) {
      // The server can't resolve an id of the other protocol and would reject the request.
      const found = transport.owns(remoteId)
        ? await transport.fetchMessage(remoteId, 'sync', { messageId, folderRemoteIds })
        : messageId === undefined
          ? undefined
          : (await transport.findByMessageId(messageId))[0]
      await leases.write(lease, (tx) => filing.confirmPresence(tx, account, id, found))
    }
  }

  return { run, abandon }
}

function rankOf({ role }: SyncedFolder): number {
  return role === 'inbox' ? 0 : role === 'sent' ? 1 : 2
}
