import type { Conversations } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import type { EmailAccount, EmailAccounts } from '../email-accounts/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createAccountRun } from './scheduling/account-run.ts'
import { createFolderReading } from './reading/read-folder.ts'
import { createFileOne, createFilePage } from './reading/file-messages.ts'
import { createCursorCheck } from './reconciliation/cursor-check.ts'
import type { PushSettings } from './notifications/push-settings.ts'
import { createPush, type Notification } from './notifications/push.ts'
import { createReconciliation, type Reconciled } from './reconciliation/reconciliation.ts'
import { createRecovery } from './scheduling/recovery.ts'
import { createSupervisor } from './scheduling/supervisor.ts'
import { createTurns } from './scheduling/turns.ts'
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
  /** `pushSettings` decides by PUBLIC_URL, the cloud and the kind of account. */
  pushFor: (account: EmailAccount) => Promise<PushSettings>
  /** So long an account may go without proof that it is read; 15 minutes. */
  silentAfterMs?: number
  /** A turn that has stored nothing for so long gives its place to another; 5 seconds. */
  stalledAfterMs?: number
  /** And after so long it is taken away; 8 minutes. */
  abandonedAfterMs?: number
  /** A look for due mailboxes that takes longer is abandoned, and the next one starts; one minute. */
  lookDeadlineMs?: number
  /** For jitter. */
  random?: () => number
}

export interface Sync {
  /** Looks after every due account until {@link stop}. */
  start(): Promise<void>
  stop(): Promise<void>

  /** A hint that there is something to fetch: its turn comes at once, in whichever process. */
  wake(id: EmailAccountId): Promise<void>
  /**
   * Somebody looks at the account: what waits for a person is tried at once, at most once a minute however often it is
   * looked at. Pressed for, it is tried in any case.
   */
  lookedAt(id: EmailAccountId, options?: { isPressed?: boolean }): Promise<void>
  /**
   * What came to the notification endpoint. Unknown subscriptions and wrong client states are dropped without a word;
   * nothing of the content is believed.
   */
  notified(notification: Notification): Promise<void>

  /** Of how many mailboxes this process hears over a connection that it holds. */
  readonly watchedCount: number

  /** Messages of the account that could not be stored and are tried again. */
  unfiledCount(id: EmailAccountId): Promise<number>

  /** What comparing the folders that are read with the server has brought to light. */
  reconciledOf(id: EmailAccountId): Promise<Reconciled[]>

  /** Resolves when nothing is due and nothing runs in this process: for tests and for an orderly end. */
  settled(): Promise<void>
}

const SILENT_AFTER_MS = 15 * 60_000
const LOOKED_AT_EVERY_MS = 60_000

export function createSync(deps: SyncDeps): Sync {
  const { random = Math.random, silentAfterMs = SILENT_AFTER_MS } = deps
  const turns = createTurns(deps)
  const push = createPush({ ...deps, turns, random })
  const { filing, messages } = deps.conversations
  const fileOne = createFileOne(filing)
  const filePage = createFilePage(filing)
  const unfiled = createUnfiledMessages({ ...deps, turns, fileOne })
  const reading = createFolderReading({ ...deps, filing, messages, turns, unfiled, fileOne, filePage })
  const reconciliation = createReconciliation({ ...deps, filing, turns, unfiled, fileOne })
  const cursorCheck = createCursorCheck({ ...deps, filing, turns, reconciliation, random })
  const watches = createWatches({ ...deps, turns, random })
  const { run, abandon } = createAccountRun({
    ...deps,
    filing,
    turns,
    reading,
    unfiled,
    cursorCheck,
    push,
    watches,
    random,
  })
  const supervisor = createSupervisor({ ...deps, turns, run, abandon })
  const recovery = createRecovery({ ...deps, random })
  const watchdog = createWatchdog({ ...deps, turns, silentAfterMs })
  deps.emailAccounts.onLeave(push.end)

  const lookedAtLast = new Map<EmailAccountId, number>()

  async function lookedAt(id: EmailAccountId, { isPressed = false } = {}): Promise<void> {
    const now = deps.clock.now().getTime()
    for (const [each, at] of lookedAtLast) if (now - at >= LOOKED_AT_EVERY_MS) lookedAtLast.delete(each)
    if (!isPressed && lookedAtLast.has(id)) return
    lookedAtLast.set(id, now)
    await turns.tryWaiting(id)
  }

  async function notified(notification: Notification): Promise<void> {
    const id = await push.accountOf(notification)
    if (id) await turns.wake(id)
  }

  return {
    async start() {
      await supervisor.start()
      await recovery.start()
      await watches.start()
      watchdog.start()
    },
    async stop() {
      await watchdog.stop()
      await watches.stop()
      await recovery.stop()
      await supervisor.stop()
    },
    wake: turns.wake,
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
