import { sql, type QueryCreator, type RawBuilder } from 'kysely'
import type { Schema } from '../database/index.ts'
import type { EventKind, EventPayloads } from './event-kinds.ts'

/** Events of the rows that a part of a WITH wrote; every value is an expression over its columns. */
export interface EventsOfRows<Kind extends EventKind> {
  /** Name of the part. */
  rows: string
  /** All rows when absent. */
  where?: RawBuilder<unknown>
  /** One kind, or the kind for each value of a column. */
  kind: Kind | { column: string; kinds: Readonly<Record<string, Kind>> }
  emailAccountId: RawBuilder<unknown>
  subjectId: RawBuilder<unknown>
  payload: { readonly [Field in keyof EventPayloads[Kind]]-?: RawBuilder<unknown> }
  at: Date
}

/** The part of a WITH that appends events of the rows that another part of the same statement wrote. */
export function appendFrom<Tables extends Schema, Kind extends EventKind>(
  parts: QueryCreator<Tables>,
  events: EventsOfRows<Kind>,
) {
  return (parts as unknown as QueryCreator<Schema>)
    .insertInto('events')
    .columns(['kind', 'email_account_id', 'subject_id', 'payload', 'at'])
    .expression(selectEvents(events))
}

/**
 * The same as a value of a statement that may have nothing to append: the part of a WITH notifies all listeners even
 * without rows.
 *
 * @returns number of events appended
 */
export function appendWithin<Kind extends EventKind>(events: EventsOfRows<Kind>): RawBuilder<string> {
  return sql`(SELECT count(append_event(kind, account, subject, payload, at))
    FROM (${selectEvents(events)}) AS happened (kind, account, subject, payload, at))`
}

function selectEvents<Kind extends EventKind>(events: EventsOfRows<Kind>): RawBuilder<unknown> {
  const { rows, where, kind, emailAccountId, subjectId, payload, at } = events
  const fields = Object.entries<RawBuilder<unknown>>(payload).flatMap(([name, value]) => [sql.lit(name), value])
  return sql`SELECT ${kindOf(kind)}, ${emailAccountId}, ${subjectId}, jsonb_build_object(${sql.join(fields)}),
    ${at}::timestamptz FROM ${sql.table(rows)} ${where ? sql`WHERE ${where}` : sql``}`
}

function kindOf(kind: EventsOfRows<EventKind>['kind']): RawBuilder<unknown> {
  if (typeof kind === 'string') return sql`${kind}::text`
  const cases = Object.entries(kind.kinds).map(([value, each]) => sql`WHEN ${sql.lit(value)} THEN ${sql.lit(each)}`)
  return sql`CASE ${sql.ref(kind.column)} ${sql.join(cases, sql` `)} END`
}
