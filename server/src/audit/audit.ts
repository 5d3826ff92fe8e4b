import type { Kysely } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { AuditAction, AuditContent } from './actions.ts'
import { createAuditReading, type AuditReading } from './read-entries.ts'

export type AuditRecord<Action extends AuditAction = AuditAction> = AuditContent<Action> & {
  /** `person:<id>`, `api-key:<id>`, `link:<id>`, `cli`, `postkey` or `anonymous`. */
  actor: string
  subject: string
}

/** Records actions. */
export interface AuditLog {
  /** Records actions in the transaction of the actions: both are stored or neither. One statement. */
  record(tx: Kysely<Schema>, ...records: AuditRecord[]): Promise<void>
}

export interface Audit extends AuditLog, AuditReading {}

export function createAudit({ db }: Database, clock: Clock): Audit {
  return {
    async record(tx, ...records) {
      if (records.length === 0) return
      const at = clock.now()
      await tx
        .insertInto('audit_entries')
        .values(
          records.map(({ actor, action, subject, detail = {} }) => ({
            ...{ actor, action, subject, at },
            detail: JSON.stringify(detail),
          })),
        )
        .execute()
    },

    ...createAuditReading(db),
  }
}
