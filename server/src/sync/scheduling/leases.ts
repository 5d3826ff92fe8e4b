import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import type { EmailAccount, EmailAccounts, EmailAccountState } from '../../email-accounts/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId, FolderId } from '../../kernel/ids.ts'
import { createBatches } from '../../kernel/batches.ts'
import type { Cursor } from '../../transports/index.ts'
import { createRoundStart, type RoundStart } from './round-start.ts'

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
  /** State at the start of the run. */
  start: RoundStart
  /** Folders that this run has read to their ends without news; their results are not stored yet. */
  quiet: Map<FolderId, QuietRead>
  /** Monotonic time of the last write, in milliseconds. */
  storedAt?: number
  /** True while the run waits for its turn behind other work of this process, not for its server. */
  isWaiting?: boolean
}

/** A folder that was read to its end without news. */
export interface QuietRead {
  askedAt: Date
  cursor: Cursor
  /** True if the cursor can't lag behind: the stored one would cost more work or time at the server. */
  isToStore: boolean
  /** Completeness of the folder as stored. */
  storedUpTo: Date
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

type Taken = Pick<Lease, 'fence' | 'wakes' | 'checkDueAt'>

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
  const readRoundStart = createRoundStart(database)

  /** Due accounts, at most as many of each kind as given. One statement. */
  async function due(
    limits: ReadonlyMap<RunKind, number>,
    except: readonly EmailAccountId[],
  ): Promise<{ id: EmailAccountId; kind: RunKind }[]> {
    if (limits.size === 0) return []
    const now = clock.now()
    const parts = [...limits].map(
      ([kind, limit]) =>
        sql`(SELECT id, ${kind}::text AS kind FROM due WHERE ${conditionOf(kind)} ORDER BY due_at LIMIT ${limit})`,
    )
    // One scan for all kinds: the table has no index on the due time, which would make each change of it more expensive.
    const { rows } = await sql<{ id: EmailAccountId; kind: RunKind }>`
      WITH due AS MATERIALIZED (
        SELECT id, due_at, attempts, state FROM account_sync_states JOIN email_accounts ON id = email_account_id
        WHERE due_at <= ${now}::timestamptz AND state <> 'paused' AND id <> ALL(${[...except]}::uuid[]))
      ${sql.join(parts, sql` UNION ALL `)}`.execute(db)
    return rows
  }

  /** True if an account is due. */
  async function isAnyDue(): Promise<boolean> {
    const row = await db
      .selectFrom('account_sync_states')
      .innerJoin('email_accounts', 'id', 'email_account_id')
      .select('id')
      .where('due_at', '<=', clock.now())
      .where('state', '!=', 'paused')
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  }

  /**
   * Increments the fencing tokens of due accounts, those of concurrent callers in one statement. It leaves out locked
   * rows: waiting for several could deadlock.
   */
  const takeFree = createBatches(
    async (ids: readonly EmailAccountId[]) => {
      const { rows } = await database.oneStatement((db) =>
        sql<Taken & { id: EmailAccountId }>`
        WITH due AS MATERIALIZED (
          SELECT email_account_id AS id FROM account_sync_states
          WHERE email_account_id = ANY(${[...ids]}::uuid[]) AND due_at <= ${clock.now()}::timestamptz
          FOR NO KEY UPDATE SKIP LOCKED)
        UPDATE account_sync_states SET fence = fence + 1 FROM due WHERE email_account_id = due.id
        RETURNING due.id, fence, wakes, check_due_at AS "checkDueAt"`.execute(db),
      )
      const taken = new Map(rows.map(({ id, ...row }) => [id, row]))
      return ids.map((id) => taken.get(id))
    },
    { gathers: true },
  )

  /** As {@link takeFree}, but waits for a locked row. */
  function takeLocked(id: EmailAccountId): Promise<Taken | undefined> {
    return db
      .updateTable('account_sync_states')
      .set((eb) => ({ fence: eb('fence', '+', 1) }))
      .where('email_account_id', '=', id)
      .where('due_at', '<=', clock.now())
      .returning(['fence', 'wakes', 'check_due_at as checkDueAt'])
      .executeTakeFirst()
  }

  /** Returns undefined if another worker was faster, or the account was paused or removed. */
  async function claim(id: EmailAccountId, over: AbortSignal): Promise<Lease | undefined> {
    const taken = (await takeFree(id)) ?? (await takeLocked(id))
    if (!taken) return undefined
    const [account, start] = await Promise.all([emailAccounts.get(id), readRoundStart(id)])
    return account.state === 'paused' ? undefined : { account, ...taken, over, start, quiet: new Map() }
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

  /** Records progress of a run that stores nothing, so that it is not stalled. */
  function progress(lease: Lease): void {
    lease.storedAt = monotonic()
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

  return { tryWaiting, takeAway, due, isAnyDue, claim, write, progress, beginWait, setDue, wake, poll, listPolled }
}

function conditionOf(kind: RunKind) {
  const isBeforeImported = sql`state = ANY(${[...BEFORE_IMPORTED]})`
  if (kind === 'failing') return sql`attempts > 0`
  return kind === 'importing'
    ? sql`attempts = 0 AND ${isBeforeImported}`
    : sql`attempts = 0 AND NOT ${isBeforeImported}`
}
