import { sql, type QueryCreator, type RawBuilder } from 'kysely'
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

/**
 * The same as a value of a statement that may have nothing to append: the part of a WITH would wake all who listen for
 * nothing. How many there were.
 */
export function appendWithin(rows: RawBuilder<unknown>): RawBuilder<string> {
  return sql`(SELECT count(append_event(kind, account, subject, payload, at))
    FROM (${rows}) AS happened (kind, account, subject, payload, at))`
}
