import { sql, type QueryCreator } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import { appendWithin } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import { notHeld } from './sending-states.ts'
import { noneOf, noneOfLanes, Overtaken, submissionEvents, UNSENT, type SubmissionRow } from './submission-rows.ts'

/**
 * Maximum concurrent submissions per mailbox, and per lane, across all workers. A slow server must not occupy all
 * workers, and Exchange allows three SMTP connections per login.
 */
export const MOST_OF_ONE_ACCOUNT = 2
/** Delays searches for Sent copies while messages are due. Only the display depends on these searches. */
const COPIES_WAIT_MS = 60_000

/** Duration of a lease without renewal by its worker. */
export const LEASE_MS = 60_000

/** Reason shown for a held lane; never thrown. */
const PACE = new AppError('transports.smtp_pace').code

export type ClaimedRow = SubmissionRow & {
  /** Login shared with other mailboxes, if known. */
  lane: string | null
}

/** Leases of rows, with fencing tokens. */
export function createClaims({ database, clock }: { database: Database; clock: Clock }) {
  const { db } = database

  /**
   * Claims the oldest due row, across the mailboxes of one lane. Increments the fencing token, so a worker whose lease
   * expired can no longer write. One statement.
   *
   * @param choice.submissions rows this worker already holds; excluded even if the clock was moved past their lease
   * @param choice.emailAccounts mailboxes at the limit of this worker
   * @param choice.lanes lanes at the limit of this worker
   * @param choice.onlyOf restricts the claim to this mailbox, and for unsent messages to all mailboxes of its lane
   */
  async function claim(
    worker: string,
    choice: {
      submissions?: readonly SubmissionId[]
      emailAccounts?: readonly EmailAccountId[]
      lanes?: readonly string[]
      onlyOf?: EmailAccountId
    } = {},
  ): Promise<ClaimedRow | undefined> {
    const now = clock.now()
    const { submissions = [], emailAccounts = [], lanes = [], onlyOf } = choice
    const late = new Date(now.getTime() - COPIES_WAIT_MS)
    const begins = sql<boolean>`(next.state IN ('queued', 'sending') AND next.due_at <= ${now})`
    const beginsToSend = sql<boolean>`(${begins} AND next.send_begun_at IS NULL)`
    const found = await database.oneStatement((statement) =>
      statement
        .with('unsent', (parts) => (onlyOf === undefined ? unsent(parts) : unsentOfLane(parts, onlyOf)))
        .with('without_copy', (parts) =>
          hasRoom(free(parts), { forCopies: true })
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
          hasRoom(free(parts), { forCopies: true })
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
            .orderBy('id')
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
            .where(
              sql<boolean>`submission_admitted(next.email_account_id, ${beginsToSend}, ${now}, ${MOST_OF_ONE_ACCOUNT}, ${PACE})`,
            )
            .returningAll('submissions'),
        )
        .selectFrom('next')
        .leftJoin('claimed', 'claimed.id', 'next.id')
        .selectAll('claimed')
        .select('next.email_account_id as found_at')
        .select(
          sql<string | null>`(SELECT lane FROM sending_states WHERE email_account_id = next.email_account_id)`.as(
            'lane',
          ),
        )
        .select(appendWithin(submissionEvents('claimed', now, sql`state <> (SELECT state FROM next)`)).as('told'))
        .executeTakeFirst(),
    )
    if (!found) return undefined
    const { found_at: fullAccount, told: _told, ...row } = found
    if (row.id !== null) return row as ClaimedRow
    if (onlyOf) return undefined
    // A place in the lane that becomes free meanwhile belongs to the older message.
    const fullLanes = row.lane === null ? lanes : [...lanes, row.lane]
    return claim(worker, { ...choice, emailAccounts: [...emailAccounts, fullAccount], lanes: fullLanes })

    /**
     * Selects one free row of a kind. Each kind has an index in its order; a combined query would sort all pending
     * rows.
     */
    function free(parts: QueryCreator<Schema>) {
      return parts
        .selectFrom('submissions')
        .select(['id', 'email_account_id', 'state', 'due_at', 'fence', 'attempts', 'send_begun_at'])
        .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)]))
        .where(sql<boolean>`id <> ALL(${submissions}::uuid[])`)
        .limit(1)
        .forUpdate()
        .skipLocked()
    }

    /**
     * Checks the limit once per mailbox instead of once per row. Searches for copies take at most one place: with two,
     * the mailbox could not send while another mailbox of its lane uses the rate limit.
     */
    function hasRoom(query: ReturnType<typeof free>, { forCopies = false } = {}) {
      const underWay = sql`FROM submissions WHERE claimed_by IS NOT NULL AND lease_until > ${now}`
      const isFull = forCopies
        ? sql<boolean>`(count(*) >= ${MOST_OF_ONE_ACCOUNT} OR coalesce(bool_or(state <> ALL(${UNSENT})), false))`
        : sql<boolean>`(count(*) >= ${MOST_OF_ONE_ACCOUNT})`
      if (onlyOf !== undefined) {
        return query
          .where('email_account_id', '=', onlyOf)
          .where(sql<boolean>`(SELECT NOT ${isFull} ${underWay} AND email_account_id = ${onlyOf})`)
      }
      return query
        .where(
          sql<boolean>`email_account_id NOT IN (SELECT email_account_id ${underWay}
            GROUP BY email_account_id HAVING ${isFull})`,
        )
        .$if(emailAccounts.length > 0, (narrowed) => narrowed.where(noneOf(emailAccounts)))
    }

    function unsent(parts: QueryCreator<Schema>) {
      return hasRoom(free(parts))
        .select('due_at as turn')
        .where('state', 'in', UNSENT)
        .where('due_at', '<=', now)
        .where(notHeld(now))
        .$if(lanes.length > 0, (query) => query.where(noneOfLanes(lanes)))
        .orderBy('due_at')
        .orderBy('id')
    }

    /** Selects the oldest row of each mailbox by its index, so that only those are sorted. */
    function unsentOfLane(parts: QueryCreator<Schema>, account: EmailAccountId) {
      const mates = sql<{ account: EmailAccountId }>`(SELECT ${account}::uuid AS account UNION
        SELECT mates.email_account_id FROM sending_states AS own JOIN sending_states AS mates USING (lane)
        WHERE own.email_account_id = ${account})`.as('mates')
      return parts
        .selectFrom(mates)
        .innerJoinLateral(
          free(parts)
            .select('due_at as turn')
            .whereRef('email_account_id', '=', sql.ref('mates.account'))
            .where('state', 'in', UNSENT)
            .where('due_at', '<=', now)
            .where(notHeld(now))
            .where(
              sql<boolean>`(SELECT count(*) FROM submissions AS others WHERE others.email_account_id = mates.account
                AND claimed_by IS NOT NULL AND lease_until > ${now}) < ${MOST_OF_ONE_ACCOUNT}`,
            )
            .orderBy('due_at')
            .orderBy('id')
            .as('first'),
          (join) => join.onTrue(),
        )
        .selectAll('first')
        .orderBy('turn')
        .orderBy('id')
        .limit(1)
    }
  }

  /** Takes a place in the lane for a row claimed before its lane was known. */
  async function isAdmitted({ email_account_id: id }: SubmissionRow): Promise<boolean> {
    // The limit is one higher, because the row counts itself.
    const { rows } = await sql<{ admitted: boolean }>`
      SELECT submission_admitted(${id}, true, ${clock.now()}, ${MOST_OF_ONE_ACCOUNT + 1}, ${PACE}) AS admitted`.execute(
      db,
    )
    return rows[0]!.admitted
  }

  /** Extends the lease. */
  async function renew(claimed: SubmissionRow): Promise<void> {
    const { numUpdatedRows } = await db
      .updateTable('submissions')
      .set({ lease_until: leaseEnd() })
      .where('id', '=', claimed.id)
      .where('fence', '=', claimed.fence)
      // A late renewal must not extend the lease of a released row.
      .where('claimed_by', '=', claimed.claimed_by)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new Overtaken(claimed.id)
  }

  function leaseEnd(): Date {
    return new Date(clock.now().getTime() + LEASE_MS)
  }

  return { claim, isAdmitted, renew, leaseEnd }
}
