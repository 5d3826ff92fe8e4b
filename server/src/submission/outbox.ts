import { sql, type Insertable, type Kysely } from 'kysely'
import type { Database, Schema, Tx } from '../database/index.ts'
import { appendFrom } from '../events/index.ts'
import { createBatches } from '../kernel/batches.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import { createClaims } from './claims.ts'
import { createContents } from './contents.ts'
import {
  createSendingStates,
  freedByVerdict,
  heldAccounts,
  notHeld,
  withVerdict,
  type Verdict,
} from './sending-states.ts'
import { createStepSaves, isStep } from './step-saves.ts'
import {
  COPY_LEFT_TO_SERVER,
  FREE,
  noneOf,
  noneOfLanes,
  Overtaken,
  submissionEvents,
  UNSENT,
  type Change,
  type SubmissionRow,
} from './submission-rows.ts'

/** With the longest texts, a statement has 40 MB. */
const MOST_ACCEPTED_TOGETHER = 20

/** Channel that wakes workers, with the mailbox and the due time. A notification is only a hint; the table decides. */
export const OUTBOX_CHANNEL = 'submissions'
const WOKEN = sql`CASE WHEN state IN ('queued', 'sending', 'handed-over') OR tidy_at IS NOT NULL THEN
  pg_notify(${OUTBOX_CHANNEL}, email_account_id || ' ' || extract(epoch FROM least(due_at, tidy_at)) * 1000)
  END`.as('woken')

type NewSubmission = Omit<Insertable<Schema['submissions']>, 'state'>

export type Outbox = ReturnType<typeof createOutbox>

/**
 * Access to the table of submissions. Only the worker with the latest claim may write to a row, which its fencing token
 * proves.
 */
export function createOutbox(deps: { database: Database; clock: Clock }) {
  const { database, clock } = deps
  const { db } = database
  const claims = createClaims(deps)
  const states = createSendingStates(deps)
  const saveStep = createStepSaves({ ...deps, leaseEnd: claims.leaseEnd })
  const contents = createContents({ ...deps, holdsOf: states.holdsOf })

  /**
   * Writes a change under the claim and extends its lease.
   *
   * @param options.release releases the row
   * @param options.verdict result of a refused attempt: updates the sending state of the mailbox in the same statement
   */
  async function save(
    claimed: SubmissionRow,
    change: Change,
    { release, verdict }: { release: boolean; verdict?: Verdict | undefined },
  ): Promise<SubmissionRow> {
    const isAStep = verdict === undefined && isStep(claimed, change, release)
    const row = await (isAStep ? saveStep(claimed, change) : saveAlone(claimed, change, { release, verdict }))
    if (!row) throw new Overtaken(claimed.id)
    return row
  }

  async function saveAlone(
    claimed: SubmissionRow,
    change: Change,
    { release, verdict = verdictOf(claimed, change) }: { release: boolean; verdict?: Verdict | undefined },
  ): Promise<SubmissionRow | undefined> {
    const { state = claimed.state, state_reason = claimed.state_reason } = change
    const { id, email_account_id: emailAccountId } = claimed
    return database.oneStatement((statement) => {
      const begun = verdict ? withVerdict(statement, { id, emailAccountId, verdict, now: clock.now() }) : statement
      const saving = begun.with('saved', (parts) =>
        parts
          .updateTable('submissions')
          .set({ ...change, ...(release ? FREE : { lease_until: claims.leaseEnd() }) })
          .where('id', '=', claimed.id)
          .where('fence', '=', claimed.fence)
          .returningAll(),
      )
      // The holder of the claim has the current state of the row, so an unchanged state needs no event.
      return state === claimed.state && state_reason === claimed.state_reason
        ? saving.selectFrom('saved').selectAll().executeTakeFirst()
        : saving
            .with('told', (parts) => appendFrom(parts, submissionEvents('saved', clock.now())))
            .selectFrom('saved')
            .selectAll()
            .select(freedByVerdict(verdict, claimed))
            .executeTakeFirst()
    })
  }

  /**
   * Writes a change without a claim: a decision of a person, or a Sent copy that was found. A worker with a claim on
   * the row gets `Overtaken`.
   */
  async function overrule(tx: Tx, row: SubmissionRow, change: Change): Promise<SubmissionRow> {
    const { id, email_account_id: emailAccountId } = row
    const verdict = verdictOf(row, change)
    const begun = verdict ? withVerdict(tx, { id, emailAccountId, verdict, now: clock.now() }) : tx
    return begun
      .with('changed', (parts) =>
        parts
          .updateTable('submissions')
          .set({ ...change, ...FREE, fence: row.fence + 1 })
          .where('id', '=', row.id)
          .returningAll(),
      )
      .with('dropped', (parts) =>
        parts
          .updateTable('submission_attachments')
          .set({ content: null })
          .where('submission_id', 'in', (eb) =>
            eb.selectFrom('changed').select('id').where('state', '=', 'sent').where(neverNeeded),
          ),
      )
      .with('told', (parts) => {
        const isNews = sql`state <> ${row.state} OR sent_message_id IS DISTINCT FROM ${row.sent_message_id}::uuid`
        return appendFrom(parts, submissionEvents('changed', clock.now(), isNews))
      })
      .selectFrom('changed')
      .selectAll()
      .select(WOKEN)
      .select(freedByVerdict(verdict, row))
      .executeTakeFirstOrThrow()
  }

  /**
   * Stores an accepted submission with its event and wakes the workers. Returns undefined if its idempotency key
   * exists.
   *
   * @param on the transaction of the larger change that it belongs to
   */
  async function accept(on: Kysely<Schema>, values: NewSubmission): Promise<SubmissionRow | undefined> {
    const [row] = await acceptAll(on, [values])
    return row
  }

  async function acceptAll(
    on: Kysely<Schema>,
    all: readonly NewSubmission[],
  ): Promise<readonly (SubmissionRow | undefined)[]> {
    const rows = await on
      .with('accepted', (parts) =>
        parts
          .insertInto('submissions')
          .values(all.map((values) => ({ ...values, state: 'queued' })))
          .onConflict((conflict) => conflict.columns(['email_account_id', 'idempotency_key']).doNothing())
          .returningAll(),
      )
      .with('told', (parts) => appendFrom(parts, submissionEvents('accepted', clock.now())))
      .selectFrom('accepted')
      .selectAll()
      .select(WOKEN)
      .execute()
    const byId = new Map(rows.map((row) => [row.id, row]))
    return all.map(({ id }) => byId.get(id))
  }

  /** Like `accept`, for a submission without a larger change. Concurrent ones share a statement. */
  const acceptAlone = createBatches(
    (all: readonly NewSubmission[]) => database.oneStatement((statement) => acceptAll(statement, all)),
    { most: MOST_ACCEPTED_TOGETHER, gathers: true },
  )

  /** Returns the next known due time, excluding these mailboxes and lanes. */
  async function nextDueAt(
    busy: { emailAccounts?: readonly EmailAccountId[]; lanes?: readonly string[] } = {},
  ): Promise<Date | undefined> {
    const { emailAccounts = [], lanes = [] } = busy
    const elsewhere = emailAccounts.length > 0 ? noneOf(emailAccounts) : sql`true`
    const first = sql`lease_until IS NULL AND ${elsewhere} ORDER BY due_at LIMIT 1`
    // As for claims: at most one search at a time per mailbox.
    const unsearched = sql`email_account_id NOT IN (SELECT email_account_id FROM submissions
      WHERE claimed_by IS NOT NULL AND lease_until > ${clock.now()} AND state <> ALL(${UNSENT}))`
    const inOtherLanes = lanes.length > 0 ? noneOfLanes(lanes) : sql`true`
    const { rows } = await sql<{ at: Date | null }>`
      SELECT min(at) AS at FROM (
        (SELECT due_at AS at FROM submissions WHERE state IN ('queued', 'sending') AND ${notHeld(clock.now())}
          AND ${inOtherLanes} AND ${first})
        UNION ALL SELECT greatest(until, due_at) FROM ${heldAccounts(clock.now())} AS held
          CROSS JOIN LATERAL (SELECT due_at FROM submissions WHERE email_account_id = held.email_account_id
            AND state IN ('queued', 'sending') AND ${first}) AS waiting
        UNION ALL (SELECT due_at FROM submissions WHERE state = 'handed-over' AND ${unsearched} AND ${first})
        UNION ALL SELECT greatest(due_at, lease_until) FROM submissions
          WHERE claimed_by IS NOT NULL AND state IN ('queued', 'sending', 'handed-over') AND ${elsewhere}
        UNION ALL SELECT greatest(tidy_at, coalesce(lease_until, tidy_at))
          FROM submissions WHERE tidy_at IS NOT NULL AND ${elsewhere} AND (claimed_by IS NOT NULL OR ${unsearched})
      ) AS due`.execute(db)
    return rows[0]?.at ?? undefined
  }

  /** Returns the row, locked until `tx` ends. */
  async function lock(tx: Tx, id: SubmissionId): Promise<SubmissionRow> {
    const row = await tx.selectFrom('submissions').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    if (!row) throw new AppError('submission.not_found')
    return row
  }

  async function setEffect(tx: Tx, id: SubmissionId, effect: object): Promise<void> {
    await tx
      .updateTable('submissions')
      .set({ effect: JSON.stringify(effect) })
      .where('id', '=', id)
      .execute()
  }

  const { claim, claimBatch, handBack, isAdmitted, renew } = claims
  const { setLane, release, faultAt } = states
  return {
    ...{ claim, claimBatch, handBack, isAdmitted, renew, setLane, release, faultAt },
    ...{ save, overrule, accept, acceptAlone, nextDueAt, lock, setEffect },
    ...contents,
  }
}

/** Keeps the bytes of a sent message while its missing copy can still be stored, because no other copy exists. */
const neverNeeded = sql<boolean>`(sent_message_id IS NOT NULL OR state_reason IS NULL
  OR state_reason = ${COPY_LEFT_TO_SERVER})`

/**
 * Derives the verdict about the mailbox from a change of state. For a refused attempt, the caller provides the verdict.
 */
function verdictOf({ state }: SubmissionRow, change: Change): Verdict | undefined {
  if (change.state === undefined || change.state === state || !UNSENT.includes(state)) return undefined
  if (change.state === 'handed-over' || change.state === 'sent') return { kind: 'went-out' }
  return UNSENT.includes(change.state) ? undefined : { kind: 'done' }
}
