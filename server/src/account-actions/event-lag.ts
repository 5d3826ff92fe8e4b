import type { Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import { oldestEventAfter } from '../events/index.ts'
import { ACTING } from './intake.ts'

/** Time of the oldest event that is not turned into wanted states yet. */
export async function oldestUnapplied(db: Kysely<Schema>): Promise<Date | undefined> {
  const { event_id } = await db.selectFrom('account_action_position').select('event_id').executeTakeFirstOrThrow()
  return oldestEventAfter(db, event_id, ACTING)
}
