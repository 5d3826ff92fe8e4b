import type { QueryCreator, RawBuilder } from 'kysely'
import type { Schema } from '../database/index.ts'

/**
 * The part of a WITH that appends what happened to the rows which another part of the same statement wrote. `rows` is a
 * SELECT of kind, email account, subject, payload and time, in this order.
 */
export function appendFrom<Tables extends Schema>(parts: QueryCreator<Tables>, rows: RawBuilder<unknown>) {
  return (parts as unknown as QueryCreator<Schema>)
    .insertInto('events')
    .columns(['kind', 'email_account_id', 'subject_id', 'payload', 'at'])
    .expression(rows)
}
