import type { Kysely } from 'kysely'
import type { Database, Schema } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'

/** What an admin did. */
export interface AuditRecord {
  /** `person:<id>`, `api-key:<id>`, `link:<id>` or `postkey`. */
  actor: string
  /** `thing.what_was_done` */
  action: string
  subject: string
  detail?: Readonly<Record<string, unknown>>
}

export interface AuditEntry extends Required<AuditRecord> {
  id: number
  at: Date
}

export interface Audit {
  /** In the transaction of what was done, so that nothing is done unrecorded and nothing recorded undone. */
  record(tx: Kysely<Schema>, record: AuditRecord): Promise<void>
  /** Newest first. */
  list(options: { before?: number | undefined; limit: number }): Promise<AuditEntry[]>
}

export function createAudit({ db }: Database, clock: Clock): Audit {
  return {
    async record(tx, { actor, action, subject, detail = {} }) {
      await tx
        .insertInto('audit_entries')
        .values({ actor, action, subject, detail: JSON.stringify(detail), at: clock.now() })
        .execute()
    },

    async list({ before, limit }) {
      let query = db.selectFrom('audit_entries').selectAll().orderBy('id', 'desc').limit(limit)
      if (before !== undefined) query = query.where('id', '<', before)
      const rows = await query.execute()
      return rows.map((row) => ({ ...row, detail: row.detail as Readonly<Record<string, unknown>> }))
    },
  }
}
