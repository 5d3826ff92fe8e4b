import type { Kysely } from 'kysely'
import type { Schema, Tx } from '../database/index.ts'

/** Records admin actions. Implemented by `people.Audit`. */
export interface AuditLog {
  record(
    tx: Kysely<Schema>,
    record: { actor: string; action: string; subject: string; detail?: Readonly<Record<string, unknown>> },
  ): Promise<void>
}

/** Appends events. Implemented by `events.Events`. */
export interface EventLog {
  append(
    tx: Tx,
    event: {
      kind: `${string}.${string}`
      subjectId: string
      payload: Readonly<Record<string, unknown>>
      at: Date
    },
  ): Promise<void>
}
