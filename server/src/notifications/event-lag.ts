import type { Kysely } from 'kysely'
import type { Schema } from '../database/index.ts'
import { oldestEventAfter } from '../events/index.ts'
import { NOTIFYING } from './recipients.ts'

/** Time of the oldest event whose notifications are not written yet. */
export async function oldestUnnotified(db: Kysely<Schema>): Promise<Date | undefined> {
  const { event_id } = await db.selectFrom('notification_position').select('event_id').executeTakeFirstOrThrow()
  return oldestEventAfter(db, event_id, NOTIFYING)
}
