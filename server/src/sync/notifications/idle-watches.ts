/**
 * Watches mailboxes over an open connection (IDLE). One process watches an account: the one that holds its lock. New
 * mail is only a hint that makes the account due, in any process.
 *
 * A broken watch starts again with exponential backoff and a hint, so that mail that arrived meanwhile is fetched
 * first. An error here is no account failure: the account is due at once, and its run detects an inaccessible mailbox
 * minutes before the next poll would.
 */
import { AsyncResource } from 'node:async_hooks'
import type { Database } from '../../database/index.ts'
import type { EmailAccount, EmailAccounts } from '../../email-accounts/index.ts'
import type { Events, StoredEvent } from '../../events/index.ts'
import { backoffMs } from '../../kernel/backoff.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError, isDatabaseError } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { Log } from '../../kernel/log.ts'
import type { WatchedFolder } from '../../transports/index.ts'
import { createRoundStart, type RoundStart } from '../scheduling/round-start.ts'
import type { Leases } from '../scheduling/leases.ts'

const PAUSE_MS = { first: 2000, longest: 5 * 60_000, jitter: 0.5 }
/** Number of watches started per 10 ms at startup. */
const AT_A_TIME = 4
/** Time for which the folders of the last run are used; a run usually follows earlier. */
const FOLDERS_KEPT_MS = 6 * 60_000
/** Minimum time between two wake-ups by a watch that breaks repeatedly. */
const TURN_FOR_TROUBLE_MS = 60_000
/** Validity of the observation that another process watches. */
const ELSEWHERE_MS = 10 * 60_000
/** Maximum interval at which a process tries to take over a watch: one query per mailbox. */
const ASK_AGAIN_MS = 60_000
/** Maximum pause before a failed hint is stored again. */
const LONGEST_HINT_PAUSE_MS = 30_000
/** Time before a server without IDLE is tried again. */
const UNABLE_MS = 24 * 60 * 60_000

/** Written with each page of an import, and each batch of closed or reopened conversations. */
const SAYS_NOTHING: ReadonlySet<StoredEvent['kind']> = new Set([
  'email_account.import_progressed',
  'email_account.conversations_closed',
  'email_account.conversations_reopened',
])

export interface WatchesDeps {
  database: Database
  clock: Clock
  events: Events
  emailAccounts: EmailAccounts
  leases: Leases
  log: Log
  random: () => number
}

interface Watch {
  /** Protocol, address and principal of the connection. The watch ends if any of them changes. */
  by: string
  over: AbortController
  /** True while the connection is open; false while it is being opened. */
  isLive: boolean
  reason: AppError | undefined
  ended: Promise<void>
}

export type Watches = ReturnType<typeof createWatches>

export function createWatches({ database, clock, events, emailAccounts, leases, log, random }: WatchesDeps) {
  // A watch starts within a run, which holds a lock. This resource detaches it, so that it does not inherit that lock.
  const outside = new AsyncResource('watches')
  const watches = new Map<EmailAccountId, Watch>()
  const unableUntil = new Map<EmailAccountId, number>()
  const elsewhereUntil = new Map<EmailAccountId, number>()
  /** Synced folders other than the inbox, by mailbox, as of its last run or query. */
  const others = new Map<EmailAccountId, { folders: readonly WatchedFolder[]; readAt: number }>()
  /** Times of the last notifications, after which earlier lists of folders can be outdated. */
  const changedAt = new Map<string, number>()
  let reconnectedAt = 0
  const readRoundStart = createRoundStart(database)
  const troubledAt = new Map<EmailAccountId, number>()
  /** Hints being stored, with a flag for another one that arrived meanwhile. */
  const hints = new Map<EmailAccountId, { isRepeated: boolean }>()
  let ending: AbortController | undefined
  const stopListening: (() => Promise<void>)[] = []

  /**
   * Starts or keeps the watch after a successful run. Returns the state of the watch and the reason if it is inactive,
   * or undefined if another process watches.
   *
   * @param start folders of the run
   */
  function keep(
    account: EmailAccount,
    start?: RoundStart,
  ): { isTold: boolean; reason: AppError | undefined } | undefined {
    const before = watches.get(account.id)
    if (before && before.by !== byOf(account)) end(account.id)
    if (!isWatchable(account)) return { isTold: false, reason: undefined }
    if ((unableUntil.get(account.id) ?? 0) > clock.now().getTime()) {
      return { isTold: false, reason: new AppError('transports.imap_no_idle') }
    }
    const watch = watches.get(account.id) ?? begin(account)
    if (watch && start) keepOthers(account.id, start)
    if (!watch?.isLive && (elsewhereUntil.get(account.id) ?? 0) > clock.now().getTime()) return undefined
    return { isTold: watch?.isLive ?? false, reason: watch?.reason }
  }

  function begin(account: EmailAccount): Watch | undefined {
    if (!ending || ending.signal.aborted) return undefined
    const over = new AbortController()
    const watch: Watch = {
      by: byOf(account),
      over,
      isLive: false,
      reason: undefined,
      ended: Promise.resolve(),
    }
    watches.set(account.id, watch)
    const signal = AbortSignal.any([ending.signal, over.signal])
    watch.ended = outside
      .runInAsyncScope(() => watched(account.id, watch, signal))
      .finally(() => {
        if (watches.get(account.id) === watch) watches.delete(account.id)
      })
    return watch
  }

  /** Starts again after a lost lock; otherwise the mailbox would be due only minutes later. */
  async function watched(id: EmailAccountId, watch: Watch, over: AbortSignal): Promise<void> {
    for (let attempts = 0; !over.aborted;) {
      const beganAt = performance.now()
      try {
        const { locked } = await database.tryLock(`watch:${id}`, (lost) =>
          watchedByUs(id, watch, AbortSignal.any([over, lost])),
        )
        if (locked) return
        elsewhereUntil.set(id, clock.now().getTime() + ELSEWHERE_MS)
        attempts = 0
        await pause(ASK_AGAIN_MS * (1 - random() / 2), over)
      } catch (error) {
        log.warn({ err: error, emailAccountId: id }, 'The watch over a mailbox lost the database and begins again')
        if (performance.now() - beganAt > PAUSE_MS.longest) attempts = 0
        await pause(pauseAfter(undefined, attempts++), over)
      }
    }
  }

  async function watchedByUs(id: EmailAccountId, watch: Watch, over: AbortSignal): Promise<void> {
    elsewhereUntil.delete(id)
    for (let attempts = 0; !over.aborted; attempts++) {
      const beganAt = performance.now()
      const continues = await once(id, watch, over)
      watch.isLive = false
      if (!continues) return
      if (performance.now() - beganAt > PAUSE_MS.longest) attempts = 0
      await pause(pauseAfter(watch.reason, attempts), over)
    }
  }

  /** Returns false if the watch should not start again. */
  async function once(id: EmailAccountId, watch: Watch, over: AbortSignal): Promise<boolean> {
    try {
      const account = await emailAccounts.get(id)
      if (!isWatchable(account) || byOf(account) !== watch.by) return false
      const { reading } = await emailAccounts.transportOf(account)
      if (!reading.watch) return false
      const start = await readRoundStart(id)
      const inbox = start.folders.find(({ role }) => role === 'inbox')
      keepOthers(id, start)
      watch.isLive = true
      await reading.watch(
        inbox?.remoteId ?? 'INBOX',
        () => void hint(id),
        over,
        // After a restart, most mailboxes are unchanged, so they need no early run.
        inbox && start.positions.get(inbox.id)?.cursor,
        // Without the database, this round checks no other folders; the watch itself continues.
        () => othersOf(id).catch(() => []),
      )
      return true
    } catch (thrown) {
      const error = AppError.from(thrown)
      watch.reason = error
      if (error.code === 'email_accounts.not_found') return false
      log.info({ err: error, emailAccountId: id }, 'The watch over a mailbox ended')
      if (error.code === 'transports.imap_no_idle') {
        unableUntil.set(id, clock.now().getTime() + UNABLE_MS)
        return false
      }
      const now = clock.now().getTime()
      if (now - (troubledAt.get(id) ?? -Infinity) >= TURN_FOR_TROUBLE_MS) {
        troubledAt.set(id, now)
        void hint(id)
      }
      // For other errors, the runs of the account detect the recovery and start the watch again.
      return error.remedy === 'wait' || error.remedy === 'bug'
    }
  }

  /** Synced folders other than the inbox. */
  async function othersOf(id: EmailAccountId): Promise<readonly WatchedFolder[]> {
    const known = others.get(id)
    const isCurrent = known && known.readAt > Math.max(changedAt.get(id) ?? 0, reconnectedAt)
    if (isCurrent && performance.now() - known.readAt < FOLDERS_KEPT_MS) return known.folders
    return keepOthers(id, await readRoundStart(id))
  }

  function keepOthers(id: EmailAccountId, { folders, positions, readAt }: RoundStart): readonly WatchedFolder[] {
    const watched = folders
      .filter(({ role, synced }) => synced && role !== 'inbox')
      .map((folder) => ({ remoteId: folder.remoteId, readTo: positions.get(folder.id)?.cursor }))
    if (readAt > Math.max(changedAt.get(id) ?? 0, reconnectedAt)) others.set(id, { folders: watched, readAt })
    return watched
  }

  /**
   * Makes the mailbox due as soon as the database can store that. A hint that arrives meanwhile is stored afterwards,
   * because the run may have started in between.
   */
  async function hint(id: EmailAccountId): Promise<void> {
    const running = hints.get(id)
    if (running) {
      running.isRepeated = true
      return
    }
    const state = { isRepeated: true }
    hints.set(id, state)
    try {
      for (let attempts = 0; state.isRepeated;) {
        state.isRepeated = false
        try {
          await leases.wake(id)
        } catch (error) {
          log.warn({ err: error, emailAccountId: id }, 'A hint of new mail could not be stored')
          if (!isDatabaseError(error)) return
          await pause(Math.min(pauseAfter(undefined, attempts++), LONGEST_HINT_PAUSE_MS), ending?.signal)
          // The mailbox is no longer watched.
          if (ending?.signal.aborted || !watches.has(id)) return
          state.isRepeated = true
        }
      }
    } finally {
      hints.delete(id)
    }
  }

  function pauseAfter(error: AppError | undefined, attempts: number): number {
    const floorMs = (error?.upstream?.retryAt?.getTime() ?? 0) - clock.now().getTime()
    return backoffMs(PAUSE_MS, attempts, { random, floorMs })
  }

  function end(id: EmailAccountId): void {
    watches.get(id)?.over.abort()
    watches.delete(id)
    others.delete(id)
    changedAt.delete(id)
  }

  /** A change of the folders, by any process, also makes the mailbox due. */
  function heardDue(id: string | undefined): void {
    if (id === undefined) reconnectedAt = performance.now()
    else changedAt.set(id, performance.now())
  }

  /** Ends a watch at once if its mailbox was paused, removed or changed its principal. */
  async function heard({ kind, emailAccountId }: Pick<StoredEvent, 'kind' | 'emailAccountId'>): Promise<void> {
    if (!emailAccountId || !kind.startsWith('email_account.') || !watches.has(emailAccountId)) return
    if (SAYS_NOTHING.has(kind)) return
    if (kind === 'email_account.removed') {
      end(emailAccountId)
      return
    }
    const account = await emailAccounts.get(emailAccountId).catch(() => undefined)
    if (!account || !isWatchable(account) || byOf(account) !== watches.get(emailAccountId)?.by) end(emailAccountId)
  }

  return {
    keep,
    /** Number of mailboxes that this process watches. */
    get count() {
      return [...watches.values()].filter(({ isLive }) => isLive).length
    },
    async start(): Promise<void> {
      const { signal } = (ending = new AbortController())
      stopListening.push(await events.subscribe({ emailAccountIds: 'all', kindLike: 'email_account.%' }, heard))
      stopListening.push(await database.listen('sync', heardDue))
      const accounts = (await emailAccounts.list()).filter(isWatchable)
      void (async () => {
        for (const [index, account] of accounts.entries()) {
          if (signal.aborted) return
          if (!watches.has(account.id)) begin(account)
          if (index % AT_A_TIME === AT_A_TIME - 1) await pause(10, signal)
        }
      })()
    },
    async stop(): Promise<void> {
      ending?.abort()
      await Promise.all(stopListening.splice(0).map((stop) => stop()))
      await Promise.race([Promise.all([...watches.values()].map(({ ended }) => ended)), pause(5000, undefined)])
    },
  }
}

function isWatchable({ receivesBy, state }: EmailAccount): boolean {
  return receivesBy === 'imap' && state !== 'paused' && state !== 'needs-sign-in' && state !== 'needs-admin'
}

function byOf({ receivesBy, address, principal }: EmailAccount): string {
  return JSON.stringify([receivesBy, address, principal])
}

function pause(ms: number, over: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (over?.aborted) {
      resolve()
      return
    }
    const timer = setTimeout(done, ms)
    timer.unref()
    over?.addEventListener('abort', done, { once: true })
    function done(): void {
      clearTimeout(timer)
      over?.removeEventListener('abort', done)
      resolve()
    }
  })
}
