import { sql, type QueryCreator } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import { appendWithin } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import { noneOf, Overtaken, told, UNSENT, type SubmissionRow } from './submission-rows.ts'

const MINUTE_MS = 60_000

/**
 * Of one mailbox, all workers together: one whose server is slow, or silent until a minute is over, must leave places to
 * the others, and Exchange takes three connections by SMTP.
 */
export const MOST_OF_ONE_ACCOUNT = 2
/** So long a copy in Sent is not looked for while there is something to send: it only shows what is known. */
const COPIES_WAIT_MS = 60_000

/** How long a claim holds without a sign of life of its worker. */
export const LEASE_MS = 60_000

/** Who may work at which row, and for how long: whoever claimed it last, as its fencing number tells. */
export function createClaims({ database, clock }: { database: Database; clock: Clock }) {
  const { db } = database

  /**
   * The next row that is due and that nobody works at. The claim counts the fencing number up, so that a worker that
   * was thought dead can write no more. Submissions and mailboxes that are named are left alone: the worker knows the rows
   * that it has, also when the clock was moved over the end of their lease, and the mailboxes that have their share of it.
   * What other workers have under way is counted here, one claim of a mailbox at a time. One statement.
   */
  async function claim(
    worker: string,
    choice: {
      submissions?: readonly SubmissionId[]
      emailAccounts?: readonly EmailAccountId[]
      onlyOf?: EmailAccountId
    } = {},
  ): Promise<SubmissionRow | undefined> {
    const now = clock.now()
    const { submissions = [], emailAccounts = [], onlyOf } = choice
    const late = new Date(now.getTime() - COPIES_WAIT_MS)
    const begins = sql<boolean>`(next.state IN ('queued', 'sending') AND next.due_at <= ${now})`
    const found = await database.oneStatement((statement) =>
      statement
        .with('unsent', (parts) =>
          free(parts)
            .select('due_at as turn')
            .where('state', 'in', UNSENT)
            .where('due_at', '<=', now)
            .orderBy('due_at'),
        )
        .with('without_copy', (parts) =>
          free(parts)
            .select(sql<Date>`due_at + ${COPIES_WAIT_MS} * interval '1 ms'`.as('turn'))
            .where('state', '=', 'handed-over')
            .where(
              'due_at',
              '<=',
              sql<Date>`CASE WHEN EXISTS (SELECT 1 FROM unsent) THEN ${late}::timestamptz ELSE ${now} END`,
            )
            .orderBy('due_at'),
        )
        .with('untidy', (parts) =>
          free(parts)
            .select(sql<Date>`tidy_at`.as('turn'))
            .where('tidy_at', '<=', now)
            .where(sql<boolean>`NOT EXISTS (SELECT 1 FROM unsent UNION ALL SELECT 1 FROM without_copy)`)
            .orderBy('tidy_at'),
        )
        .with('next', (parts) =>
          parts
            .selectFrom('unsent')
            .selectAll()
            .unionAll(parts.selectFrom('without_copy').selectAll())
            .unionAll(parts.selectFrom('untidy').selectAll())
            .orderBy('turn')
            .limit(1),
        )
        .with('claimed', (parts) =>
          parts
            .updateTable('submissions')
            .from('next')
            .set({
              state: sql`CASE WHEN ${begins} THEN 'sending' ELSE next.state END`,
              fence: sql`next.fence + 1`,
              claimed_by: worker,
              lease_until: leaseEnd(),
              attempts: sql`next.attempts + CASE WHEN ${begins} THEN 1 ELSE 0 END`,
            })
            .whereRef('submissions.id', '=', 'next.id')
            .where(sql<boolean>`submissions_under_way(next.email_account_id, ${now}) < ${MOST_OF_ONE_ACCOUNT}`)
            .returningAll('submissions'),
        )
        .selectFrom('next')
        .leftJoin('claimed', 'claimed.id', 'next.id')
        .selectAll('claimed')
        .select('next.email_account_id as found_at')
        .select(appendWithin(sql`${told('claimed', now)} WHERE state <> (SELECT state FROM next)`).as('told'))
        .executeTakeFirst(),
    )
    if (!found) return undefined
    const { found_at: fullAccount, told: _told, ...row } = found
    if (row.id !== null) return row as SubmissionRow
    return onlyOf ? undefined : claim(worker, { submissions, emailAccounts: [...emailAccounts, fullAccount] })

    /** Each kind has an index in its order: looked for together, all that waits would be sorted. */
    function free(parts: QueryCreator<Schema>) {
      return parts
        .selectFrom('submissions')
        .select(['id', 'email_account_id', 'state', 'due_at', 'fence', 'attempts'])
        .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)]))
        .where(sql<boolean>`id <> ALL(${submissions}::uuid[])`)
        .where(hasRoom())
        .$if(onlyOf !== undefined, (query) => query.where('email_account_id', '=', onlyOf!))
        .$if(emailAccounts.length > 0, (query) => query.where(noneOf(emailAccounts)))
        .limit(1)
        .forUpdate()
        .skipLocked()
    }

    /** Of one mailbox it is asked once, and not of each of its rows. */
    function hasRoom() {
      const underWay = sql`FROM submissions WHERE claimed_by IS NOT NULL AND lease_until > ${now}`
      return onlyOf === undefined
        ? sql<boolean>`email_account_id NOT IN (SELECT email_account_id ${underWay}
            GROUP BY email_account_id HAVING count(*) >= ${MOST_OF_ONE_ACCOUNT})`
        : sql<boolean>`(SELECT count(*) ${underWay} AND email_account_id = ${onlyOf}) < ${MOST_OF_ONE_ACCOUNT}`
    }
  }

  /** Says that the worker lives. */
  async function renew(claimed: SubmissionRow): Promise<void> {
    const { numUpdatedRows } = await db
      .updateTable('submissions')
      .set({ lease_until: leaseEnd() })
      .where('id', '=', claimed.id)
      .where('fence', '=', claimed.fence)
      // A sign of life that comes after the row was given back must not hold it.
      .where('claimed_by', '=', claimed.claimed_by)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new Overtaken(claimed.id)
  }

  /**
   * Where the server counts messages: throws, with the time at which there is room again, as long as the mailbox has had
   * its share of a minute. Counted in the table, because other processes send as well.
   *
   * @throws {AppError} `transports.smtp_pace`
   */
  async function refuseHaste(row: SubmissionRow, messagesPerMinute: number | undefined): Promise<void> {
    if (messagesPerMinute === undefined) return
    const begun = await db
      .selectFrom('submissions')
      .select('send_begun_at')
      .where('email_account_id', '=', row.email_account_id)
      .where('send_begun_at', '>', new Date(clock.now().getTime() - MINUTE_MS))
      .orderBy('send_begun_at', 'desc')
      .limit(messagesPerMinute)
      .execute()
    const oldest = begun[messagesPerMinute - 1]?.send_begun_at
    if (!oldest) return
    const retryAt = new Date(oldest.getTime() + MINUTE_MS)
    throw new AppError('transports.smtp_pace', { upstream: { retryAt } })
  }

  function leaseEnd(): Date {
    return new Date(clock.now().getTime() + LEASE_MS)
  }

  return { claim, renew, refuseHaste, leaseEnd }
}
