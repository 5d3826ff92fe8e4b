import { sql, type Kysely } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import { appendWithin } from '../events/index.ts'
import { createBatches } from '../kernel/batches.ts'
import type { Clock } from '../kernel/clock.ts'
import { freedBy } from './sending-states.ts'
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
  const saveTogether = createBatches(
    (saves: readonly Save[]) =>
      database.oneStatement(async (statement) => {
        const rows = await store(statement, saves)
        const stored = new Set(rows.map(nameOf))
        return saves.map(({ claimed }) => stored.has(nameOf(claimed)))
      }),
    { gathers: true },
  )

  async function store(statement: Kysely<Schema>, saves: readonly Save[]): Promise<readonly StepRow[]> {
    const column = <T>(of: (save: Save) => T) => saves.map(of)
    const handedOver = saves.filter(({ change }) => change.state !== undefined).map(({ claimed }) => claimed)
    const told = appendWithin(submissionEvents('saved', clock.now(), sql`state = 'handed-over'`))
    const { rows } = await sql<StepRow>`
      WITH saved AS MATERIALIZED (SELECT * FROM store_submission_steps(
        ${column(({ claimed }) => claimed.id)}::uuid[], ${column(({ claimed }) => claimed.fence)}::bigint[],
        ${column(({ change }) => change.send_begun_at ?? null)}::timestamptz[],
        ${column(({ change }) => change.remote_draft_id ?? null)}::text[],
        ${column(({ change }) => change.handed_over_at ?? null)}::timestamptz[],
        ${column(({ change }) => change.due_at ?? null)}::timestamptz[], ${leaseEnd()}, ${freedBy(handedOver)}))
      SELECT id, fence, ${handedOver.length > 0 ? told : sql`NULL`} AS told FROM saved`.execute(statement)
    return rows
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
