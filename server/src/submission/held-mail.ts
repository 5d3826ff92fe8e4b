import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import { appendFrom } from '../events/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { DatabaseRestoreId, SubmissionId } from '../kernel/ids.ts'
import { FREE, submissionEvents, UNSENT, type SubmissionRow } from './submission-rows.ts'

export const RESTORED = new AppError('submission.database_restored').code

/** Held until a decision. Afterwards the submission may be `unknown` again for another reason: an unclear outcome. */
export const IS_HELD = sql<boolean>`(submissions.state = 'unknown' AND submissions.state_reason = ${RESTORED})`

export function isHeld({ state, state_reason: reason }: Pick<SubmissionRow, 'state' | 'state_reason'>): boolean {
  return state === 'unknown' && reason === RESTORED
}

export interface RestoreToHoldFor {
  id: DatabaseRestoreId
  detectedAt: Date
}

/**
 * Holds all unsent submissions, because they may have been sent before the restore. Held submissions are `unknown`,
 * which no worker claims. The incremented fencing token rejects late writes of workers with an earlier claim.
 *
 * @param only holds this submission instead of all accepted before the restore was detected
 * @returns number of submissions held by this call
 */
export async function holdUnsent(tx: Tx, { id, detectedAt }: RestoreToHoldFor, only?: SubmissionId): Promise<number> {
  const { count } = await tx
    .with('held', (parts) =>
      parts
        .updateTable('submissions')
        .set((eb) => ({
          ...FREE,
          state: 'unknown' as const,
          state_reason: RESTORED,
          state_detail: null,
          tidy_at: null,
          fence: eb('fence', '+', 1),
        }))
        .where('state', 'in', UNSENT)
        // Submissions accepted after the restore are sent as usual.
        .where((eb) => (only === undefined ? eb('created_at', '<=', detectedAt) : eb('id', '=', only)))
        .returningAll(),
    )
    .with('noted', (parts) =>
      parts
        .insertInto('held_submissions')
        .columns(['submission_id', 'restore_id', 'due_at'])
        .expression(sql`SELECT id, ${id}::uuid, ${detectedAt}::timestamptz FROM held`)
        // Held by an earlier restore and released since.
        .onConflict((conflict) =>
          conflict.column('submission_id').doUpdateSet({ restore_id: id, in_sent: 'pending', due_at: detectedAt }),
        ),
    )
    .with('told', (parts) => appendFrom(parts, submissionEvents('held', detectedAt)))
    .selectFrom('held')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/**
 * Returns the restore after which an answer to mail of `receivedAt` may be a duplicate. The replaced database may
 * already have answered mail received before the restore was detected.
 */
export async function restoreSince(tx: Tx, receivedAt: Date): Promise<RestoreToHoldFor | undefined> {
  const row = await tx
    .selectFrom('database_restores')
    .select(['id', 'detected_at'])
    .where('detected_at', '>=', receivedAt)
    .orderBy('detected_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { id: row.id, detectedAt: row.detected_at }
}
