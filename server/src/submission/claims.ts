import { sql, type QueryCreator } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import { appendWithin } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import { notHeld } from './sending-states.ts'
import {
  FREE,
  noneOf,
  noneOfLanes,
  Overtaken,
  submissionEvents,
  UNSENT,
  type SubmissionRow,
} from './submission-rows.ts'

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
  attachment_count: number
}

interface ClaimChoice {
  /** Rows this worker already holds; excluded even if the clock was moved past their lease. */
  submissions?: readonly SubmissionId[]
  /** Mailboxes at the limit of this worker. */
  emailAccounts?: readonly EmailAccountId[]
  /** Lanes at the limit of this worker. */
  lanes?: readonly string[]
  /** Restricts the claim to this mailbox, and for unsent messages to all mailboxes of its lane. */
  onlyOf?: EmailAccountId
  /** Maximum rows of a claim by mailbox; 1 for all others. */
  batchSizes?: ReadonlyMap<EmailAccountId, number>
}

type WithClaimed = QueryCreator<Schema & { next: NextRow; claimed: SubmissionRow }>
type WithBatch = QueryCreator<Schema & { next: NextRow; claimed: SubmissionRow; batch: SubmissionRow }>
type FollowingRow = Pick<SubmissionRow, 'id' | 'state' | 'fence' | 'attempts'>
type NextRow = FollowingRow & Pick<SubmissionRow, 'email_account_id' | 'due_at' | 'send_begun_at'> & { turn: Date }

/** Leases of rows, with fencing tokens. */
export function createClaims({ database, clock }: { database: Database; clock: Clock }) {
  const { db } = database

  /** Claims the oldest due row. */
  async function claim(worker: string, choice: Omit<ClaimChoice, 'batchSizes'> = {}): Promise<ClaimedRow | undefined> {
    const [row] = await claimBatch(worker, choice)
    return row
  }

  /**
   * Claims the oldest due row, across the mailboxes of one lane, and for a mailbox with a batch size the messages that
   * follow it. Increments the fencing token, so a worker whose lease expired can no longer write. One statement.
   *
   * @returns rows of one mailbox in the order of sending
   */
  async function claimBatch(worker: string, choice: ClaimChoice): Promise<ClaimedRow[]> {
    const now = clock.now()
    const { submissions = [], emailAccounts = [], lanes = [], onlyOf, batchSizes } = choice
    const late = new Date(now.getTime() - COPIES_WAIT_MS)
    const begins = sql<boolean>`(next.state IN ('queued', 'sending') AND next.due_at <= ${now})`
    const beginsToSend = sql<boolean>`(${begins} AND next.send_begun_at IS NULL)`
    const found = await database.oneStatement((statement) => {
      const first = statement
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
      const isBatch = batchSizes !== undefined && batchSizes.size > 0
      const batch = isBatch
        ? withFollowing(first, batchSizes)
        : first.with('batch', (parts) => parts.selectFrom('claimed').selectAll())
      const before = isBatch
        ? sql`(SELECT id, state FROM next UNION ALL SELECT id, state FROM following)`
        : sql`(SELECT id, state FROM next)`
      const isNews = sql`state <> (SELECT state FROM ${before} AS before WHERE before.id = batch.id)`
      return batch
        .selectFrom('next')
        .leftJoin('batch', (join) => join.onTrue())
        .selectAll('batch')
        .select('next.email_account_id as found_at')
        .select(
          sql<string | null>`(SELECT lane FROM sending_states WHERE email_account_id = next.email_account_id)`.as(
            'lane',
          ),
        )
        .select(
          sql<number>`(SELECT count(*)::integer FROM submission_attachments WHERE submission_id = batch.id)`.as(
            'attachment_count',
          ),
        )
        .select(appendWithin(submissionEvents('batch', now, isNews)).as('told'))
        .orderBy('batch.due_at')
        .orderBy('batch.id')
        .execute()
    })
    if (found.length === 0) return []
    const rows = found.map(({ found_at: _found, told: _told, ...row }) => row)
    if (rows[0]!.id !== null) return rows as ClaimedRow[]
    if (onlyOf) return []
    // A place in the lane that becomes free meanwhile belongs to the older message.
    const [{ found_at: fullAccount, lane }] = found as [(typeof found)[number]]
    const fullLanes = lane === null ? lanes : [...lanes, lane]
    return claimBatch(worker, { ...choice, emailAccounts: [...emailAccounts, fullAccount], lanes: fullLanes })

    /** Adds the messages that follow the claimed one in its mailbox, in order and without gaps. */
    function withFollowing(first: WithClaimed, sizes: ReadonlyMap<EmailAccountId, number>) {
      const atMost = JSON.stringify(Object.fromEntries(sizes))
      return first
        .with('following', (parts) =>
          parts
            .selectFrom('claimed')
            .innerJoinLateral(
              sql<FollowingRow>`(SELECT id, state, fence, attempts FROM submissions AS later
                WHERE later.email_account_id = claimed.email_account_id AND state IN ('queued', 'sending')
                  AND due_at <= ${now} AND send_begun_at IS NULL AND id <> claimed.id
                  AND (lease_until IS NULL OR lease_until <= ${now}) AND id <> ALL(${submissions}::uuid[])
                ORDER BY due_at, id
                LIMIT coalesce((${atMost}::jsonb ->> claimed.email_account_id::text)::integer, 1) - 1
                FOR UPDATE SKIP LOCKED)`.as('later'),
              (join) => join.onTrue(),
            )
            .select(['later.id', 'later.state', 'later.fence', 'later.attempts'])
            .where('claimed.state', '=', 'sending')
            .where('claimed.send_begun_at', 'is', null)
            .where(sql<boolean>`submission_batch_admitted(claimed.email_account_id, ${worker}, ${now})`),
        )
        .with('claimed_following', (parts) =>
          parts
            .updateTable('submissions')
            .from('following')
            .set({
              ...{ state: 'sending', claimed_by: worker, lease_until: leaseEnd() },
              fence: sql`following.fence + 1`,
              attempts: sql`following.attempts + 1`,
            })
            .whereRef('submissions.id', '=', 'following.id')
            .returningAll('submissions'),
        )
        .with('batch', (parts) =>
          parts.selectFrom('claimed').selectAll().unionAll(parts.selectFrom('claimed_following').selectAll()),
        ) as unknown as WithBatch
    }

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

  /**
   * Returns claimed messages to the outbox whose attempt has not started. Their positions stay, and the attempt does
   * not count.
   */
  async function handBack(rows: readonly SubmissionRow[]): Promise<void> {
    if (rows.length === 0) return
    const held = sql<Pick<SubmissionRow, 'id' | 'fence'>>`unnest(${rows.map(({ id }) => id)}::uuid[],
      ${rows.map(({ fence }) => fence)}::bigint[])`.as<'held'>(sql`held(id, fence)`)
    await database.oneStatement((statement) =>
      statement
        .with('saved', (parts) =>
          parts
            .updateTable('submissions')
            .from(held)
            .set({ state: 'queued', ...FREE, attempts: sql`attempts - 1` })
            .whereRef('submissions.id', '=', 'held.id')
            .whereRef('submissions.fence', '=', 'held.fence')
            .where('state', '=', 'sending')
            .where('claimed_by', 'is not', null)
            .where('send_begun_at', 'is', null)
            .returningAll('submissions'),
        )
        .selectFrom('saved')
        .select('id')
        .select(appendWithin(submissionEvents('saved', clock.now())).as('told'))
        .execute(),
    )
  }

  return { claim, claimBatch, handBack, isAdmitted, renew, leaseEnd }
}
