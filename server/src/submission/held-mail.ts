import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import { appendFrom } from '../events/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { DatabaseRestoreId, SubmissionId } from '../kernel/ids.ts'
import { FREE, submissionEvents, UNSENT, type SubmissionRow } from './submission-rows.ts'

export const RESTORED = new AppError('submission.database_restored').code

/** Held until a decision; afterwards its outcome may become unclear, which is another reason to be `unknown`. */
export const IS_HELD = sql<boolean>`(submissions.state = 'unknown' AND submissions.state_reason = ${RESTORED})`

export function isHeld({ state, state_reason: reason }: Pick<SubmissionRow, 'state' | 'state_reason'>): boolean {
  return state === 'unknown' && reason === RESTORED
}

export interface RestoreToHoldFor {
  id: DatabaseRestoreId
  detectedAt: Date
}

/**
 * Holds everything that waits to be sent: after a restore it may have been sent already. Held submissions are `unknown`,
 * which no worker claims, and the raised fencing number refuses late writes of workers that claimed them before.
 *
 * @param only  instead of all that were accepted before the restore was detected
 * @returns how many are held now
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
        // What is accepted after the restore is sent as usual.
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
 * The restore because of which an answer to mail of `receivedAt` may have been sent already: mail that came before the
 * restore was detected may have been answered by the database that was replaced.
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
