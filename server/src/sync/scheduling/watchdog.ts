/**
 * Watchdog: reports an account without a successful read for `silentAfterMs`, even when no error occurred. It requires
 * proof of reads instead of the absence of errors. So it detects stalled runs, crashed workers and wrong due times
 * alike.
 *
 * A silent account is woken first, without a report: after a start or a change of the clock, all accounts are briefly
 * behind. Only accounts that stay silent are reported.
 */
import type { Database } from '../../database/index.ts'
import type { EmailAccounts } from '../../email-accounts/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { Log } from '../../kernel/log.ts'
import { createTicker } from '../../kernel/ticker.ts'
import { LONGEST_RIGHTFUL_PAUSE_MS } from './pace.ts'
import { BEFORE_IMPORTED, type Leases } from './leases.ts'

const LOOK_EVERY_MS = 10_000
const DEADLINE_MS = 2 * 60_000
/** Time between wake-up and report, by the business clock and by the monotonic clock. The business clock may jump. */
export const GRACE_MS = 60_000

/**
 * Delay after which a due check counts as overdue. A run starts at least every five minutes and makes the due check.
 */
const CHECK_OVERDUE_MS = 10 * 60_000

const READ_BY_ITSELF = [...BEFORE_IMPORTED, 'connected'] as const
/** Reason of accounts that are degraded but still read. */
const ON_STAND_BY = new AppError('email_accounts.runs_on_backup_sign_in').code

export interface WatchdogDeps {
  database: Database
  clock: Clock
  emailAccounts: EmailAccounts
  leases: Leases
  log: Log
  /** Maximum time without a successful read. */
  silentAfterMs: number
  /** True while due imports of this process wait for other imports. Default: never. */
  isFullOfImports?: () => boolean
  /** Monotonic clock of this machine, in milliseconds. */
  monotonic?: (() => number) | undefined
}

export type Watchdog = ReturnType<typeof createWatchdog>

export function createWatchdog(deps: WatchdogDeps) {
  const { database, clock, emailAccounts, leases, log, silentAfterMs, monotonic = () => performance.now() } = deps
  const { isFullOfImports = () => false } = deps
  const woken = new Map<EmailAccountId, { at: number; monotonicAt: number }>()
  const wokenToCheck = new Map<EmailAccountId, number>()
  const ticker = createTicker({
    name: 'sync.watchdog',
    clock,
    everyMs: LOOK_EVERY_MS,
    deadlineMs: DEADLINE_MS,
    run: look,
    onError: (error) => log.warn({ err: error }, 'Silent mailboxes could not be looked for'),
  })

  async function look(): Promise<void> {
    await mendDueTimes()
    await wakeUnchecked()
    const silent = await listSilent()
    const now = clock.now().getTime()
    for (const id of woken.keys()) if (!silent.includes(id)) woken.delete(id)
    for (const id of silent) {
      const wakened = woken.get(id)
      if (!wakened) {
        woken.set(id, { at: now, monotonicAt: monotonic() })
        await leases.wake(id)
      } else if (now - wakened.at >= GRACE_MS && monotonic() - wakened.monotonicAt >= GRACE_MS) {
        await raise(id)
        woken.delete(id)
      }
    }
  }

  /**
   * Accounts that should be read automatically and had no successful read for `silentAfterMs`. An import that waits for a
   * place behind active imports is not silent.
   */
  async function listSilent(): Promise<EmailAccountId[]> {
    const now = clock.now()
    const since = new Date(now.getTime() - silentAfterMs)
    let query = database.db
      .selectFrom('email_accounts')
      .innerJoin('account_sync_states', 'email_account_id', 'id')
      .select('id')
      .where((eb) => eb.or([eb('state', 'in', READ_BY_ITSELF), eb('state_reason', '=', ON_STAND_BY)]))
      .where('state_since', '<=', since)
      .where((eb) => eb.fn.coalesce('last_read_at', 'created_at'), '<=', since)
    if (isFullOfImports()) {
      query = query.where((eb) => eb.or([eb('state', 'not in', BEFORE_IMPORTED), eb('due_at', '>', now)]))
    }
    const rows = await query.execute()
    return rows.map(({ id }) => id)
  }

  /** Wakes accounts with an overdue check, so that rarely polled accounts are checked as often as others. */
  async function wakeUnchecked(): Promise<void> {
    const rows = await database.db
      .selectFrom('email_accounts')
      .innerJoin('account_sync_states', 'email_account_id', 'id')
      .select('id')
      .where((eb) => eb.or([eb('state', 'in', READ_BY_ITSELF), eb('state_reason', '=', ON_STAND_BY)]))
      .where('check_due_at', '<=', new Date(clock.now().getTime() - CHECK_OVERDUE_MS))
      .where('due_at', '>', clock.now())
      .execute()
    const now = clock.now().getTime()
    for (const { id } of rows) {
      // A folder in its pause delays the check; the account must not be woken every few seconds meanwhile.
      if (now - (wokenToCheck.get(id) ?? -Infinity) < CHECK_OVERDUE_MS) continue
      wokenToCheck.set(id, now)
      await leases.wake(id)
    }
  }

  async function raise(id: EmailAccountId): Promise<void> {
    const error = new AppError('email_accounts.silent')
    const wasRaised = await database.transaction(async (tx) => {
      const row = await tx
        .selectFrom('email_accounts')
        .innerJoin('account_sync_states', 'email_account_id', 'id')
        .select(['state', 'state_reason', 'last_read_at', 'created_at'])
        .where('id', '=', id)
        .forNoKeyUpdate(['email_accounts', 'account_sync_states'])
        .executeTakeFirst()
      const provenAt = row?.last_read_at ?? row?.created_at
      const isSilent = provenAt && clock.now().getTime() - provenAt.getTime() >= silentAfterMs
      const isToBeRead = READ_BY_ITSELF.some((state) => state === row?.state) || row?.state_reason === ON_STAND_BY
      if (!isSilent || !isToBeRead) return false
      await emailAccounts.signal(tx, id, 'failed-wait', { error, nextTryAt: clock.now() })
      await leases.takeAway(tx, id)
      return true
    })
    if (wasRaised) log.warn({ err: error, emailAccountId: id }, 'A mailbox went silent')
  }

  /**
   * Corrects due times further in the future than the code ever sets, whatever their origin. Locks rows by id, as all
   * statements on several rows do, so that two of them don't deadlock.
   */
  async function mendDueTimes(): Promise<void> {
    const now = clock.now()
    await database.db
      .with('wrong', (db) =>
        db
          .selectFrom('account_sync_states')
          .innerJoin('email_accounts', 'id', 'email_account_id')
          .select('id')
          .where('state', '!=', 'paused')
          .where('due_at', '>', new Date(now.getTime() + LONGEST_RIGHTFUL_PAUSE_MS))
          .where((eb) => eb.or([eb('next_try_at', 'is', null), eb('next_try_at', '<', eb.ref('due_at'))]))
          .orderBy('id')
          .forNoKeyUpdate('account_sync_states'),
      )
      .updateTable('account_sync_states')
      .from('wrong')
      .set((eb) => ({ due_at: eb.fn.coalesce('next_try_at', eb.val(now)) }))
      .whereRef('id', '=', 'email_account_id')
      .execute()
  }

  return { look, start: () => ticker.start(), stop: () => ticker.stop() }
}
