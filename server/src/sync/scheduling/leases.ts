import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import type { EmailAccount, EmailAccounts, EmailAccountState } from '../../email-accounts/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'

/** Mailboxes without notifications that are considered; a few of them are shown. */
const MOST_POLLED = 1000
/**
 * Time since the last read within which a shown mailbox is not polled again. Less than the interval of polls by the
 * duration of a slow run, so that one process polls each time.
 */
const POLLED_WITHIN_MS = 2500

/** Lease on an account: the right to read it and store the results, until another worker has a higher fencing token. */
export interface Lease {
  account: EmailAccount
  fence: number
  wakes: number
  /** Aborted when the lock is lost or the process stops; start nothing new then. */
  over: AbortSignal
  /** Due time of the cursor check; null before the first one. */
  checkDueAt: Date | null
  /** Monotonic time of the last write, in milliseconds. */
  storedAt?: number
  /** True while the run waits for its turn behind other work of this process, not for its server. */
  isWaiting?: boolean
}

/**
 * Kinds of due accounts. `importing`: accounts before the end of their first import. `failing`: accounts that failed last
 * time. `well`: all others, whose new mail must not wait for imports.
 */
export type RunKind = 'well' | 'importing' | 'failing'

/** States before the end of the first import. */
export const BEFORE_IMPORTED: readonly EmailAccountState[] = ['connecting', 'importing']

/** Sync state of an account, locked by a write until its end. */
export interface LockedState {
  /** Failures since the last success. */
  attempts: number
  lastReceivedAt: Date | null
  lastSentAt: Date | null
}

export type Leases = ReturnType<typeof createLeases>

/**
 * Leases of accounts, with fencing tokens. A lock keeps workers from doing the same work, but it can't stop a stalled
 * worker that has lost its lock. So each claim increments the account's fencing token, and each writing transaction
 * checks it: a late write is rejected.
 *
 * A writing transaction locks the account and then its sync state. A change of the account's state locks the account
 * first, too, so the two never overlap: a write is complete before the change, or fails because of the new token.
 */
export function createLeases(deps: {
  database: Database
  clock: Clock
  emailAccounts: EmailAccounts
  /** Monotonic clock of this machine, in milliseconds. */
  monotonic?: (() => number) | undefined
}) {
  const { database, clock, emailAccounts, monotonic = () => performance.now() } = deps
  const { db } = database

  /** Due accounts of a kind; of all kinds if undefined. */
  async function due(limit: number, except: readonly EmailAccountId[], kind?: RunKind): Promise<EmailAccountId[]> {
    let query = db
      .selectFrom('account_sync_states')
      .innerJoin('email_accounts', 'id', 'email_account_id')
      .select('id')
      .where('due_at', '<=', clock.now())
      .where('state', '!=', 'paused')
    if (kind) query = query.where('attempts', kind === 'failing' ? '>' : '=', 0)
    if (kind === 'importing') query = query.where('state', 'in', BEFORE_IMPORTED)
    if (kind === 'well') query = query.where('state', 'not in', BEFORE_IMPORTED)
    if (except.length > 0) query = query.where('id', 'not in', [...except])
    const rows = await query.orderBy('due_at').limit(limit).execute()
    return rows.map(({ id }) => id)
  }

  /** Returns undefined if another worker was faster, or the account was paused or removed. */
  async function claim(id: EmailAccountId, over: AbortSignal): Promise<Lease | undefined> {
    const claimed = await db
      .updateTable('account_sync_states')
      .set((eb) => ({ fence: eb('fence', '+', 1) }))
      .where('email_account_id', '=', id)
      .where('due_at', '<=', clock.now())
      .returning(['fence', 'wakes', 'check_due_at as checkDueAt'])
      .executeTakeFirst()
    if (!claimed) return undefined
    const account = await emailAccounts.get(id)
    return account.state === 'paused' ? undefined : { account, ...claimed, over }
  }

  /** Runs `work` in one transaction. Throws `sync.superseded` without writing if the lease is lost. */
  async function write<T>(lease: Lease, work: (tx: Tx, state: LockedState) => Promise<T>): Promise<T> {
    const result = await database.transaction(async (tx) => {
      if (lease.over.aborted) throw new AppError('sync.superseded')
      const row = await tx
        .selectFrom('email_accounts')
        .innerJoin('account_sync_states', 'email_account_id', 'id')
        .select(['fence', 'attempts', 'last_received_at as lastReceivedAt', 'last_sent_at as lastSentAt'])
        .where('id', '=', lease.account.id)
        // Locked in this order. Both, because a row that is only joined is not read again after waiting for the other.
        // Allows inserts of rows that reference the account, but blocks writes of another lease.
        .forNoKeyUpdate(['email_accounts', 'account_sync_states'])
        .executeTakeFirst()
      if (row?.fence !== lease.fence) throw new AppError('sync.superseded')
      return work(tx, row)
    })
    lease.storedAt = monotonic()
    return result
  }

  /**
   * Marks a run that waits for other work of this process. It keeps its place and is not stalled. Returns a function that
   * ends the wait.
   */
  function beginWait(lease: Lease): () => void {
    lease.isWaiting = true
    return () => {
      lease.isWaiting = false
      lease.storedAt = monotonic()
    }
  }

  /** Sets the next due time; at once if the account was woken meanwhile, unless `evenIfWoken`. */
  async function setDue(
    tx: Tx,
    lease: Lease,
    dueAt: Date,
    { evenIfWoken = false }: { evenIfWoken?: boolean } = {},
  ): Promise<void> {
    const isAsLeased = sql<boolean>`wakes = ${lease.wakes} OR ${evenIfWoken}`
    await tx
      .updateTable('account_sync_states')
      .set({
        due_at: sql<Date>`CASE WHEN ${isAsLeased} THEN ${dueAt}::timestamptz ELSE ${clock.now()}::timestamptz END`,
      })
      .where('email_account_id', '=', lease.account.id)
      .execute()
  }

  /**
   * Makes an account due, but not before a pause requested by the server ends. One statement, because new mail waits
   * for it.
   */
  async function wake(id: EmailAccountId): Promise<void> {
    const now = clock.now()
    await sql`
      WITH woken AS (
        UPDATE account_sync_states SET wakes = wakes + 1,
          due_at = least(due_at, greatest(${now}::timestamptz, coalesce(next_try_at, ${now}::timestamptz)))
        WHERE email_account_id = ${id} RETURNING email_account_id)
      SELECT pg_notify('sync', email_account_id::text) FROM woken`.execute(db)
  }

  /** Connected mailboxes without notifications, those with the latest mail first. */
  async function listPolled(): Promise<EmailAccountId[]> {
    const rows = await db
      .selectFrom('email_accounts')
      .innerJoin('account_sync_states', 'email_account_id', 'id')
      .select('id')
      .where('state', '=', 'connected')
      .where('push', '!=', 'active')
      .orderBy('last_received_at', (order) => order.desc().nullsLast())
      .orderBy('id')
      .limit(MOST_POLLED)
      .execute()
    return rows.map(({ id }) => id)
  }

  /**
   * Makes connected mailboxes without notifications due at once, unless another process has just polled them. A pause
   * requested by a server stays in effect. One statement, whatever the number of mailboxes; it locks rows by id, so that
   * two processes don't deadlock.
   */
  async function poll(ids: readonly EmailAccountId[]): Promise<void> {
    const now = clock.now()
    await sql`
      WITH shown AS MATERIALIZED (
        SELECT id FROM account_sync_states JOIN email_accounts ON id = email_account_id
        WHERE email_account_id = ANY(${[...ids]}::uuid[])
          AND due_at > ${now} AND state = 'connected' AND push <> 'active'
          AND (next_try_at IS NULL OR next_try_at <= ${now})
          AND (last_read_at IS NULL OR last_read_at <= ${new Date(now.getTime() - POLLED_WITHIN_MS)})
        ORDER BY id FOR NO KEY UPDATE OF account_sync_states),
      polled AS (
        UPDATE account_sync_states SET due_at = ${now} FROM shown WHERE email_account_id = id RETURNING id)
      SELECT pg_notify('sync', id::text) FROM polled`.execute(db)
  }

  /**
   * Retries a fault that waits for a person, because a person views the account. Pauses requested by a server stay in
   * effect.
   */
  async function tryWaiting(id: EmailAccountId): Promise<void> {
    const now = clock.now()
    await database.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('account_sync_states')
        .from('email_accounts')
        .set((eb) => ({ due_at: now, next_try_at: now, wakes: eb('wakes', '+', 1) }))
        .where('email_account_id', '=', id)
        .whereRef('id', '=', 'email_account_id')
        .where('state', 'in', ['needs-admin', 'needs-sign-in'])
        .where('due_at', '>', now)
        .executeTakeFirst()
      if (numUpdatedRows > 0n) await database.notify(tx, 'sync', id)
    })
  }

  /**
   * Revokes the current lease, so that its holder can't write. Makes the account due at once unless `isDue` is false.
   */
  async function takeAway(tx: Tx, id: EmailAccountId, { isDue = true }: { isDue?: boolean } = {}): Promise<void> {
    await tx
      .updateTable('account_sync_states')
      .set((eb) => ({ fence: eb('fence', '+', 1), ...(isDue ? { due_at: clock.now() } : {}) }))
      .where('email_account_id', '=', id)
      .execute()
    if (isDue) await database.notify(tx, 'sync', id)
  }

  return { tryWaiting, takeAway, due, claim, write, beginWait, setDue, wake, poll, listPolled }
}
