import { sql } from 'kysely'
import type { Database } from '../database/index.ts'
import { appendWithin } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import { FREE, Overtaken, submissionEvents, type SubmissionRow } from './submission-rows.ts'

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

/** Without a claim, all columns of the submission are null, and the mailbox or its lane is at its limit. */
type FoundRow = ClaimedRow & { found_at: EmailAccountId; former_state: string; told: string }

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
    const { submissions = [], emailAccounts = [], lanes = [], onlyOf, batchSizes = new Map() } = choice
    const excluded = onlyOf === undefined ? { emailAccounts, lanes } : { emailAccounts: [], lanes: [] }
    const isNews = sql`state <> former_state`
    const { rows: found } = await database.oneStatement((statement) =>
      sql<FoundRow>`WITH batch AS MATERIALIZED (SELECT (claimed).*, former_state, found_at FROM claim_submissions(
          ${worker}, ${now}, ${leaseEnd()}, ${MOST_OF_ONE_ACCOUNT}, ${PACE}, ${COPIES_WAIT_MS} * interval '1 ms',
          ${[...submissions]}::uuid[], ${[...excluded.emailAccounts]}::uuid[], ${[...excluded.lanes]}::text[],
          ${onlyOf ?? null}::uuid, ${JSON.stringify(Object.fromEntries(batchSizes))}::jsonb))
        SELECT batch.*, (SELECT lane FROM sending_states WHERE email_account_id = batch.found_at) AS lane,
          (SELECT count(*)::integer FROM submission_attachments WHERE submission_id = batch.id) AS attachment_count,
          ${appendWithin(submissionEvents('batch', now, isNews))} AS told
        FROM batch ORDER BY due_at, id`.execute(statement),
    )
    const [first] = found
    if (!first) return []
    if ((first.id as SubmissionId | null) !== null)
      return found.map(({ found_at: _at, former_state: _state, told: _told, ...row }) => row)
    if (onlyOf) return []
    // A place in the lane that becomes free meanwhile belongs to the older message.
    const fullLanes = first.lane === null ? lanes : [...lanes, first.lane]
    return claimBatch(worker, { ...choice, emailAccounts: [...emailAccounts, first.found_at], lanes: fullLanes })
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
