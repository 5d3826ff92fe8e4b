import type { AuditLog } from '../audit/index.ts'
import type { Conversations } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Events } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { EmailAccountId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'
import type { Transports } from '../transports/index.ts'
import { ACTING, createIntake } from './intake.ts'
import { isOwnMark } from './own-marks.ts'
import { isOwnMove } from './own-moves.ts'
import { createSettings, type ActionSettings, type ActionSettingsInput } from './settings.ts'
import { createWorker } from './worker.ts'

export interface AccountActionsDeps {
  database: Database
  clock: Clock
  log: Log
  events: Events
  audit: AuditLog
  emailAccounts: Pick<EmailAccounts, 'get' | 'transportOf' | 'takeOverFolders'>
  conversations: Pick<Conversations, 'filing'>
  transports: Pick<Transports, 'canChange'>
  /** Random source for jitter. */
  random?: () => number
}

export interface AccountActions {
  settings(id: EmailAccountId): Promise<ActionSettings>
  /**
   * Changes the given settings. Changes of conversations from now on take effect in the mailbox.
   *
   * @throws AppError `account_actions.permission_missing`, `account_actions.folder_has_role`,
   * `email_accounts.no_such_folder`
   */
  change(id: EmailAccountId, input: ActionSettingsInput, actor: string): Promise<ActionSettings>
  /** Tries failed and waiting actions again. */
  retry(id: EmailAccountId): Promise<ActionSettings>
}

const LOOK_EVERY_MS = 5000

export function createAccountActions(deps: AccountActionsDeps) {
  const { clock, log, events } = deps
  const stops: (() => Promise<void>)[] = []
  const worker = createWorker({ ...deps, filing: deps.conversations.filing })
  const intake = createIntake(deps)
  deps.conversations.filing.onSeen(isOwnMark)
  deps.conversations.filing.onMove(isOwnMove)
  let isBehind = true
  /** Events no longer arrive, so each round looks for them. */
  let isDeaf = false

  const work = createTicker({
    name: 'account-actions.work',
    clock,
    everyMs: LOOK_EVERY_MS,
    deadlineMs: 10 * 60_000,
    async run(_over, late) {
      if (await worker.run(late)) work.poke()
    },
    onError: (err) => log.warn({ err }, 'Mailbox actions could not be applied'),
  })
  const takeIn = createTicker({
    name: 'account-actions.intake',
    clock,
    everyMs: LOOK_EVERY_MS,
    deadlineMs: 60_000,
    async run(over) {
      if (!isBehind && !isDeaf) return
      isBehind = false
      try {
        while (!over.aborted && (await intake.processPage())) work.poke()
      } catch (error) {
        isBehind = true
        throw error
      }
    },
    onError: (err) => log.warn({ err }, 'Events could not be turned into mailbox actions'),
  })
  const settings = createSettings({ ...deps, wake: () => work.poke() })

  function hear(): void {
    isBehind = true
    takeIn.poke()
  }

  const accountActions: AccountActions = { settings: settings.get, change: settings.change, retry: settings.retry }
  const actionsService = {
    async start(): Promise<void> {
      for (const kindLike of ACTING) {
        const stop = await events.subscribe({ emailAccountIds: 'all', kindLike }, hear, (err) => {
          isDeaf = true
          log.warn({ err }, 'Mailbox actions receive no more events and look for them')
        })
        stops.push(stop)
      }
      isBehind = true
      takeIn.start()
      work.start()
    },
    async stop(): Promise<void> {
      await Promise.all(stops.splice(0).map((stop) => stop()))
      await Promise.all([takeIn.stop(), work.stop()])
    },
    /** Processes all events and due actions, for tests. */
    async catchUp(): Promise<void> {
      while (await intake.processPage()) continue
      const { signal } = new AbortController()
      while (await worker.run(signal)) continue
    },
    targetFolders: settings.targetFolders,
  }
  return { accountActions, actionsService }
}
