import type { Conversations } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import type { EmailAccount, EmailAccounts } from '../email-accounts/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { InteractiveRequests } from '../kernel/interactive-requests.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'
import { createAccountRun } from './scheduling/account-run.ts'
import { createFolderReading } from './reading/read-folder.ts'
import { createImportPace } from './reading/import-pace.ts'
import { createFileOne, createFilePage } from './reading/file-messages.ts'
import { createCursorCheck } from './reconciliation/cursor-check.ts'
import type { PushSettings } from './notifications/push-settings.ts'
import { createPush, type Notification } from './notifications/push.ts'
import { createReconciliation, type Reconciled } from './reconciliation/reconciliation.ts'
import { createRecovery } from './scheduling/recovery.ts'
import type { ShownAccounts } from './scheduling/shown-accounts.ts'
import { createSupervisor } from './scheduling/supervisor.ts'
import { createLeases } from './scheduling/leases.ts'
import { createQuietRounds } from './scheduling/quiet-rounds.ts'
import { createUnfiledMessages } from './reading/unfiled-messages.ts'
import { createWatchdog } from './scheduling/watchdog.ts'
import { createWatches } from './notifications/idle-watches.ts'

export interface SyncDeps {
  database: Database
  clock: Clock
  events: Events
  emailAccounts: EmailAccounts
  conversations: Pick<Conversations, 'filing' | 'messages'>
  log: Log
  /** Notification settings by PUBLIC_URL, cloud and kind of account; see `pushSettings`. */
  pushFor: (account: EmailAccount) => Promise<PushSettings>
  /** Requests that have priority over imports. Default: none. */
  requests?: InteractiveRequests
  /** Mailboxes that browsers show; those without notifications are polled every 5 seconds. Default: none. */
  shownAccounts?: Pick<ShownAccounts, 'list' | 'isAnyShown'>
  /** Maximum time without a successful read. Default: 15 minutes. */
  silentAfterMs?: number
  /** Time without a write after which a run frees its place. Default: 5 seconds. */
  stalledAfterMs?: number
  /** Time without a write after which a run loses its lease. Default: 8 minutes. */
  abandonedAfterMs?: number
  /** Deadline of a query for due mailboxes, after which the next one starts. Default: one minute. */
  lookDeadlineMs?: number
  /** Monotonic clock of this machine, in milliseconds. */
  monotonic?: () => number
  /** Folders, besides the synced ones, in which messages that left theirs are searched for. Default: none. */
  targetFolders?: (id: EmailAccountId) => Promise<readonly string[]>
  /** Random source for jitter. */
  random?: () => number
}

export interface Sync {
  /** Runs all due accounts until {@link stop}. */
  start(): Promise<void>
  stop(): Promise<void>

  /** Makes an account due at once, in any process, because it may have new mail. */
  wake(id: EmailAccountId): Promise<void>
  /**
   * Called when a person views the account. Retries a fault that waits for a person, at most once a minute; with
   * `isPressed` always.
   */
  lookedAt(id: EmailAccountId, options?: { isPressed?: boolean }): Promise<void>
  /**
   * Processes a request to the notification endpoint. Unknown subscriptions and wrong client states are dropped
   * silently. The content is untrusted and only wakes the mailbox.
   */
  notified(notification: Notification): Promise<void>

  /** Number of mailboxes that this process watches over an open connection. */
  readonly watchedCount: number

  /** Number of messages of the account that could not be stored and are retried. */
  unfiledCount(id: EmailAccountId): Promise<number>

  /** Reconciliation results of the synced folders. */
  reconciledOf(id: EmailAccountId): Promise<Reconciled[]>

  /** Resolves when nothing is due and nothing runs in this process. For tests and an orderly shutdown. */
  settled(): Promise<void>
}

const SILENT_AFTER_MS = 15 * 60_000
const LOOKED_AT_EVERY_MS = 60_000
/** The ticker adds up to half a second. */
const SHOWN_EVERY_MS = 4500
const SHOWN_DEADLINE_MS = 30_000

export function createSync(deps: SyncDeps): Sync {
  const { random = Math.random, silentAfterMs = SILENT_AFTER_MS } = deps
  const leases = createLeases(deps)
  const push = createPush({ ...deps, leases, random })
  const { filing, messages } = deps.conversations
  const fileOne = createFileOne(filing)
  const filePage = createFilePage(filing)
  const unfiled = createUnfiledMessages({ ...deps, leases, fileOne })
  const pace = createImportPace(deps.requests)
  const reading = createFolderReading({ ...deps, filing, messages, leases, unfiled, fileOne, filePage, pace })
  const reconciliation = createReconciliation({ ...deps, filing, leases, unfiled, fileOne })
  const cursorCheck = createCursorCheck({ ...deps, filing, leases, reconciliation, random })
  const watches = createWatches({ ...deps, leases, random })
  const { run, abandon } = createAccountRun({
    ...deps,
    filing,
    leases,
    reading,
    unfiled,
    cursorCheck,
    push,
    watches,
    quietRounds: createQuietRounds(deps),
    random,
  })
  const supervisor = createSupervisor({ ...deps, leases, run, abandon })
  const recovery = createRecovery({ ...deps, random })
  const watchdog = createWatchdog({ ...deps, leases, silentAfterMs, isFullOfImports: () => supervisor.isFullOfImports })
  const shown = createTicker({
    name: 'sync.shown',
    clock: deps.clock,
    everyMs: SHOWN_EVERY_MS,
    deadlineMs: SHOWN_DEADLINE_MS,
    async run() {
      if (!deps.shownAccounts?.isAnyShown) return
      const ids = deps.shownAccounts.list(await leases.listPolled())
      if (ids.length > 0) await leases.poll(ids)
    },
    onError: (error) => deps.log.warn({ err: error }, 'Mailboxes shown in browsers could not be polled'),
  })
  deps.emailAccounts.onLeave(push.end)

  const lookedAtLast = new Map<EmailAccountId, number>()

  async function lookedAt(id: EmailAccountId, { isPressed = false } = {}): Promise<void> {
    const now = deps.clock.now().getTime()
    for (const [each, at] of lookedAtLast) if (now - at >= LOOKED_AT_EVERY_MS) lookedAtLast.delete(each)
    if (!isPressed && lookedAtLast.has(id)) return
    lookedAtLast.set(id, now)
    await leases.tryWaiting(id)
  }

  async function notified(notification: Notification): Promise<void> {
    const id = await push.accountOf(notification)
    if (id) await leases.wake(id)
  }

  return {
    async start() {
      await supervisor.start()
      await recovery.start()
      await watches.start()
      watchdog.start()
      shown.start()
    },
    async stop() {
      await shown.stop()
      await watchdog.stop()
      await watches.stop()
      await recovery.stop()
      await supervisor.stop()
    },
    wake: leases.wake,
    lookedAt,
    notified,
    get watchedCount() {
      return watches.count
    },
    unfiledCount: unfiled.countOf,
    reconciledOf: reconciliation.of,
    settled: supervisor.settled,
  }
}
