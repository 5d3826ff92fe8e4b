import type { Kysely } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { AuditAction, AuditContent } from './actions.ts'

export type AuditRecord<Action extends AuditAction = AuditAction> = AuditContent<Action> & {
  /** `person:<id>`, `api-key:<id>`, `link:<id>`, `cli` or `postkey`. */
  actor: string
  subject: string
}

export interface AuditEntry {
  id: number
  actor: string
  action: AuditAction
  subject: string
  detail: Readonly<Record<string, unknown>>
  at: Date
}

export interface AuditFilter {
  /** Only entries with a lower id. */
  before?: number | undefined
  /** Only entries of this object. */
  subject?: string | undefined
}

/** Records actions. */
export interface AuditLog {
  /** Records actions in the transaction of the actions: both are stored or neither. One statement. */
  record(tx: Kysely<Schema>, ...records: AuditRecord[]): Promise<void>
}

export interface Audit extends AuditLog {
  /** Returns entries, newest first. */
  list(options: AuditFilter & { limit: number }): Promise<AuditEntry[]>
}

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

    async list({ before, subject, limit }) {
      let query = db.selectFrom('audit_entries').selectAll().orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      if (subject !== undefined) query = query.where('subject', '=', subject)
      const rows = await query.execute()
      return rows.map((row) => ({
        ...row,
        action: row.action as AuditAction,
        detail: row.detail as AuditEntry['detail'],
      }))
    },
  }
}
