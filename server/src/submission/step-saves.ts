import { sql, type Kysely } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import { appendWithin } from '../events/index.ts'
import { createBatches } from '../kernel/batches.ts'
import type { Clock } from '../kernel/clock.ts'
import { freedByHandover } from './sending-states.ts'
import { FREE, submissionEvents, type Change, type SubmissionRow } from './submission-rows.ts'

interface Save {
  claimed: SubmissionRow
  change: Change
}

type StepRow = Pick<SubmissionRow, 'id' | 'fence'>

const START_FIELDS = new Set(['send_begun_at', 'remote_draft_id'])
const HANDOVER_FIELDS = new Set('state state_reason state_detail handed_over_at transient_since due_at'.split(' '))

/**
 * Stores the two steps that every message takes, the start of sending and the handover. Steps of messages that are sent
 * at the same time share a statement; each resolves only when its own is stored.
 */
export function createStepSaves({
  database,
  clock,
  leaseEnd,
}: {
  database: Database
  clock: Clock
  leaseEnd: () => Date
}) {
  const saveTogether = createBatches((saves: readonly Save[]) =>
    database.oneStatement(async (statement) => {
      const rows = await store(statement, saves)
      const stored = new Set(rows.map(nameOf))
      return saves.map(({ claimed }) => stored.has(nameOf(claimed)))
    }),
  )

  function store(statement: Kysely<Schema>, saves: readonly Save[]): Promise<StepRow[]> {
    const column = <T>(of: (save: Save) => T) => saves.map(of)
    const steps = sql<StepRow>`unnest(${column(({ claimed }) => claimed.id)}::uuid[],
      ${column(({ claimed }) => claimed.fence)}::bigint[],
      ${column(({ change }) => change.send_begun_at ?? null)}::timestamptz[],
      ${column(({ change }) => change.remote_draft_id ?? null)}::text[],
      ${column(({ change }) => change.handed_over_at ?? null)}::timestamptz[],
      ${column(({ change }) => change.due_at ?? null)}::timestamptz[])`.as<'step'>(
      sql`step(id, fence, begun_at, draft_id, handed_at, next_at)`,
    )
    const handedOver = saves.filter(({ change }) => change.state !== undefined).map(({ claimed }) => claimed)
    const begun =
      handedOver.length === 0
        ? statement
        : (statement.with('freed', (parts) => freedByHandover(parts, handedOver)) as unknown as Kysely<Schema>)
    return begun
      .with('saved', (parts) =>
        parts
          .updateTable('submissions')
          .from(steps)
          .set({
            send_begun_at: sql`coalesce(begun_at, send_begun_at)`,
            remote_draft_id: sql`coalesce(draft_id, remote_draft_id)`,
            handed_over_at: sql`coalesce(handed_at, handed_over_at)`,
            due_at: sql`coalesce(next_at, due_at)`,
            state: sql`CASE WHEN handed_at IS NULL THEN state ELSE 'handed-over' END`,
            state_reason: sql`CASE WHEN handed_at IS NULL THEN state_reason END`,
            state_detail: sql`CASE WHEN handed_at IS NULL THEN state_detail END`,
            transient_since: sql`CASE WHEN handed_at IS NULL THEN transient_since END`,
            claimed_by: sql`CASE WHEN handed_at IS NULL THEN claimed_by END`,
            lease_until: sql`CASE WHEN handed_at IS NULL THEN ${leaseEnd()}::timestamptz END`,
          })
          .whereRef('submissions.id', '=', 'step.id')
          .whereRef('submissions.fence', '=', 'step.fence')
          .returningAll('submissions'),
      )
      .selectFrom('saved')
      .select(['id', 'fence'])
      .select(appendWithin(submissionEvents('saved', clock.now(), sql`state = 'handed-over'`)).as('told'))
      .execute()
  }

  /** Returns the row as stored; undefined if another worker has claimed it. */
  async function saveStep(claimed: SubmissionRow, change: Change): Promise<SubmissionRow | undefined> {
    if (!(await saveTogether({ claimed, change }))) return undefined
    return { ...claimed, ...change, ...(change.state === undefined ? { lease_until: leaseEnd() } : FREE) }
  }

  return saveStep
}

/** Returns true for the start of sending that keeps the claim, and for the handover that releases it. */
export function isStep({ state }: SubmissionRow, change: Change, release: boolean): boolean {
  const has = (fields: ReadonlySet<string>) => Object.keys(change).every((field) => fields.has(field))
  if (state !== 'sending') return false
  if (!release) return has(START_FIELDS) && change.send_begun_at instanceof Date && change.remote_draft_id !== null
  return (
    has(HANDOVER_FIELDS) &&
    change.state === 'handed-over' &&
    change.handed_over_at instanceof Date &&
    [change.state_reason, change.state_detail, change.transient_since].every((value) => value === null)
  )
}

function nameOf({ id, fence }: StepRow): string {
  return `${id} ${fence}`
}
