import { type AuditLog, deleteOldEntries } from '../audit/index.ts'
import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { deleteOldSignIns } from '../people/index.ts'
import { deleteOldSignInLinks } from '../tokens/index.ts'
import { daysAgo } from './ages.ts'
import type { InstallationAges } from './retention-settings.ts'

interface DeletedRecords {
  auditEntries: number
  signIns: number
}

const NOTHING: DeletedRecords = { auditEntries: 0, signIns: 0 }

/**
 * Deletes audit entries and records of sign-ins where an admin set an age. Each batch stores its counts, so that the audit list
 * gets an entry about them even if this process is killed before.
 */
export function createRecordsRetention(deps: { database: Database; clock: Clock; audit: AuditLog; batchRows: number }) {
  const { database, clock, audit, batchRows } = deps

  async function run({ auditDays, signInsDays }: InstallationAges, end: AbortSignal): Promise<DeletedRecords> {
    const before = (days: number) => daysAgo(clock.now(), days)
    if (auditDays !== undefined) await repeat('auditEntries', (tx) => deleteOldEntries(tx, before(auditDays), batchRows), end) // prettier-ignore
    if (signInsDays !== undefined) {
      await repeat('signIns', (tx) => deleteOldSignIns(tx, before(signInsDays), batchRows), end)
      await repeat('signIns', (tx) => deleteOldSignInLinks(tx, before(signInsDays), batchRows), end)
    }
    return report()
  }

  async function repeat(kind: keyof DeletedRecords, deleteBatch: (tx: Tx) => Promise<number>, end: AbortSignal) {
    let count = batchRows
    while (count >= batchRows && !end.aborted) {
      count = await database.transaction(async (tx) => {
        const deleted = await deleteBatch(tx)
        if (deleted > 0) await keep(tx, { ...NOTHING, [kind]: deleted })
        return deleted
      })
    }
  }

  async function keep(tx: Tx, deleted: DeletedRecords): Promise<void> {
    const before = await unreported(tx)
    const sum = {
      auditEntries: before.auditEntries + deleted.auditEntries,
      signIns: before.signIns + deleted.signIns,
    }
    await tx
      .updateTable('installation_retention')
      .set({ unreported: JSON.stringify(sum) })
      .execute()
  }

  function report(): Promise<DeletedRecords> {
    return database.transaction(async (tx) => {
      const detail = await unreported(tx)
      if (detail.auditEntries + detail.signIns === 0) return NOTHING
      await audit.record(tx, {
        actor: 'postkey',
        action: 'retention.applied',
        subject: 'retention',
        detail: { ...detail },
      })
      await tx.updateTable('installation_retention').set({ unreported: '{}' }).execute()
      return detail
    })
  }

  return { run }
}

async function unreported(tx: Tx): Promise<DeletedRecords> {
  const row = await tx.selectFrom('installation_retention').select('unreported').forUpdate().executeTakeFirst()
  return { ...NOTHING, ...(row?.unreported as Partial<DeletedRecords> | undefined) }
}
