import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import type { EmailAccount, EmailAccounts } from '../../email-accounts/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'

/** Lease on an account: the right to read it and store the results, until another worker has a higher fencing token. */
export interface Lease {
  account: EmailAccount
  fence: number
  wakes: number
  /** Aborted when the lock is lost or the process stops; start nothing new then. */
  over: AbortSignal
  /** Monotonic time of the last write, in milliseconds. */
  storedAt?: number
}

export type Leases = ReturnType<typeof createLeases>

/**
 * Leases of accounts, with fencing tokens. A lock keeps workers from doing the same work, but it can't stop a stalled
 * worker that has lost its lock. So each claim increments the account's fencing token, and each writing transaction
 * checks it: a late write is rejected.
 */
export function createLeases(deps: { database: Database; clock: Clock; emailAccounts: EmailAccounts }) {
  const { database, clock, emailAccounts } = deps
  const { db } = database

  /** Due accounts. `isFailing`: only accounts that failed last time (true) or did not (false); all if undefined. */
  async function due(
    limit: number,
    except: readonly EmailAccountId[],
    { isFailing }: { isFailing?: boolean } = {},
  ): Promise<EmailAccountId[]> {
    let query = db
      .selectFrom('email_accounts')
      .select('id')
      .where('due_at', '<=', clock.now())
      .where('state', '!=', 'paused')
    if (isFailing !== undefined) query = query.where('attempts', isFailing ? '>' : '=', 0)
    if (except.length > 0) query = query.where('id', 'not in', [...except])
    const rows = await query.orderBy('due_at').limit(limit).execute()
    return rows.map(({ id }) => id)
  }

  /** Returns undefined if another worker was faster, or the account was paused or removed. */
  async function claim(id: EmailAccountId, over: AbortSignal): Promise<Lease | undefined> {
    const claimed = await db
      .updateTable('email_accounts')
      .set((eb) => ({ fence: eb('fence', '+', 1) }))
      .where('id', '=', id)
      .where('due_at', '<=', clock.now())
      .where('state', '!=', 'paused')
      .returning(['fence', 'wakes'])
      .executeTakeFirst()
    return claimed && { account: await emailAccounts.get(id), ...claimed, over }
  }

  /** Runs `work` in one transaction. Throws `sync.superseded` without writing if the lease is lost. */
  async function write<T>(lease: Lease, work: (tx: Tx) => Promise<T>): Promise<T> {
    const result = await database.transaction(async (tx) => {
      if (lease.over.aborted) throw new AppError('sync.superseded')
      const row = await tx
        .selectFrom('email_accounts')
        .select('fence')
        .where('id', '=', lease.account.id)
        // Allows inserts of rows that reference the account, but blocks writes of another lease.
        .forNoKeyUpdate()
        .executeTakeFirst()
      if (row?.fence !== lease.fence) throw new AppError('sync.superseded')
      return work(tx)
    })
    lease.storedAt = performance.now()
    return result
  }

  /** Sets the next due time; at once if the account was woken meanwhile, unless `evenIfWoken`. */
  async function setDue(
    tx: Tx,
    lease: Lease,
    dueAt: Date,
    { evenIfWoken = false }: { evenIfWoken?: boolean } = {},
  ): Promise<void> {
    const { wakes } = await tx
      .selectFrom('email_accounts')
      .select('wakes')
      .where('id', '=', lease.account.id)
      .executeTakeFirstOrThrow()
    const wasWoken = wakes !== lease.wakes && !evenIfWoken
    await tx
      .updateTable('email_accounts')
      .set({ due_at: wasWoken ? clock.now() : dueAt })
      .where('id', '=', lease.account.id)
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
        UPDATE email_accounts SET wakes = wakes + 1,
          due_at = least(due_at, greatest(${now}::timestamptz, coalesce(next_try_at, ${now}::timestamptz)))
        WHERE id = ${id} RETURNING id)
      SELECT pg_notify('sync', id::text) FROM woken`.execute(db)
  }

  /**
   * Makes connected mailboxes without notifications due at once. A pause requested by a server stays in effect. One
   * statement, whatever the number of mailboxes.
   */
  async function poll(ids: readonly EmailAccountId[]): Promise<void> {
    const now = clock.now()
    await sql`
      WITH polled AS (
        UPDATE email_accounts SET due_at = ${now}
        WHERE id = ANY(${[...ids]}::uuid[]) AND due_at > ${now} AND state = 'connected' AND push <> 'active'
          AND (next_try_at IS NULL OR next_try_at <= ${now})
        RETURNING id)
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
        .updateTable('email_accounts')
        .set((eb) => ({ due_at: now, next_try_at: now, wakes: eb('wakes', '+', 1) }))
        .where('id', '=', id)
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
      .updateTable('email_accounts')
      .set((eb) => ({ fence: eb('fence', '+', 1), ...(isDue ? { due_at: clock.now() } : {}) }))
      .where('id', '=', id)
      .execute()
    if (isDue) await database.notify(tx, 'sync', id)
  }

  return { tryWaiting, takeAway, due, claim, write, setDue, wake, poll }
}
