import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import type { EmailAccount, EmailAccounts } from '../../email-accounts/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'

/** The right to read one account and to write what came of it, until somebody else has a higher fence. */
export interface Turn {
  account: EmailAccount
  fence: number
  wakes: number
  /** Aborted when the lock is lost or the process ends: begin nothing new. */
  over: AbortSignal
  /** When it stored something last, by the clock of this machine that never leaps. */
  storedAt?: number
}

export type Turns = ReturnType<typeof createTurns>

/**
 * Whose turn it is. A lock keeps workers from doing the same work; it cannot stop one that stood still while its lock
 * went to another. So each turn has a number, the fence, that grows with every claim, and every transaction that
 * writes looks whether it is still its own: the late writer is refused.
 */
export function createTurns(deps: { database: Database; clock: Clock; emailAccounts: EmailAccounts }) {
  const { database, clock, emailAccounts } = deps
  const { db } = database

  /** `isFailing`: of those that failed the last time, or of the others; of all without it. */
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

  /** Undefined when its turn has passed: somebody else was quicker, or it was paused or removed. */
  async function claim(id: EmailAccountId, over: AbortSignal): Promise<Turn | undefined> {
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

  /** Everything or nothing, and nothing when the turn is not ours any more. */
  async function write<T>(turn: Turn, work: (tx: Tx) => Promise<T>): Promise<T> {
    const result = await database.transaction(async (tx) => {
      if (turn.over.aborted) throw new AppError('sync.superseded')
      const row = await tx
        .selectFrom('email_accounts')
        .select('fence')
        .where('id', '=', turn.account.id)
        // Rows that refer to the account may be inserted meanwhile; another turn may not begin to write.
        .forNoKeyUpdate()
        .executeTakeFirst()
      if (row?.fence !== turn.fence) throw new AppError('sync.superseded')
      return work(tx)
    })
    turn.storedAt = performance.now()
    return result
  }

  /** When it is due again; at once when it was woken meanwhile and nothing failed. */
  async function setDue(
    tx: Tx,
    turn: Turn,
    dueAt: Date,
    { evenIfWoken = false }: { evenIfWoken?: boolean } = {},
  ): Promise<void> {
    const { wakes } = await tx
      .selectFrom('email_accounts')
      .select('wakes')
      .where('id', '=', turn.account.id)
      .executeTakeFirstOrThrow()
    const wasWoken = wakes !== turn.wakes && !evenIfWoken
    await tx
      .updateTable('email_accounts')
      .set({ due_at: wasWoken ? clock.now() : dueAt })
      .where('id', '=', turn.account.id)
      .execute()
  }

  /** Not before the time for which the server asked for silence. In one statement: whoever waits for mail waits for it. */
  async function wake(id: EmailAccountId): Promise<void> {
    const now = clock.now()
    await sql`
      WITH woken AS (
        UPDATE email_accounts SET wakes = wakes + 1,
          due_at = least(due_at, greatest(${now}::timestamptz, coalesce(next_try_at, ${now}::timestamptz)))
        WHERE id = ${id} RETURNING id)
      SELECT pg_notify('sync', id::text) FROM woken`.execute(db)
  }

  /** Somebody looks: what waits for a person is tried now. A server that asked for silence gets it. */
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

  /** Whoever has the turn now writes nothing more of it. Unless told otherwise the account is due at once. */
  async function takeAway(tx: Tx, id: EmailAccountId, { isDue = true }: { isDue?: boolean } = {}): Promise<void> {
    await tx
      .updateTable('email_accounts')
      .set((eb) => ({ fence: eb('fence', '+', 1), ...(isDue ? { due_at: clock.now() } : {}) }))
      .where('id', '=', id)
      .execute()
    if (isDue) await database.notify(tx, 'sync', id)
  }

  return { tryWaiting, takeAway, due, claim, write, setDue, wake }
}
