import type { AuditLog } from '../audit/index.ts'
import type { Database } from '../database/index.ts'
import type { EmailAccountId } from '../kernel/ids.ts'

/** Ages in days after which mail of a mailbox is deleted here; undefined: never. */
export interface AccountAges {
  messagesDays: number | undefined
  sourcesDays: number | undefined
  /** Sources of messages with attachments. */
  attachmentsDays: number | undefined
}

/** Ages in days of data of the installation; undefined: the default. */
export interface InstallationAges {
  eventsDays: number | undefined
  alertsDays: number | undefined
  auditDays: number | undefined
  signInsDays: number | undefined
}

export interface RetentionSettings {
  ofAccount(id: EmailAccountId): Promise<AccountAges>
  setAccount(id: EmailAccountId, ages: AccountAges, actor: string): Promise<AccountAges>
  ofInstallation(): Promise<InstallationAges>
  setInstallation(ages: InstallationAges, actor: string): Promise<InstallationAges>
}

export function createRetentionSettings(database: Database, audit: AuditLog): RetentionSettings {
  const { db } = database
  async function ofAccount(id: EmailAccountId, from = db): Promise<AccountAges> {
    const row = await from
      .selectFrom('account_retention')
      .selectAll()
      .where('email_account_id', '=', id)
      .executeTakeFirst()
    return {
      messagesDays: row?.messages_days ?? undefined,
      sourcesDays: row?.sources_days ?? undefined,
      attachmentsDays: row?.attachments_days ?? undefined,
    }
  }

  function setAccount(id: EmailAccountId, ages: AccountAges, actor: string): Promise<AccountAges> {
    return database.transaction(async (tx) => {
      const before = await ofAccount(id, tx)
      const days = {
        messages_days: ages.messagesDays ?? null,
        sources_days: ages.sourcesDays ?? null,
        attachments_days: ages.attachmentsDays ?? null,
      }
      await tx
        .insertInto('account_retention')
        .values({ email_account_id: id, ...days })
        .onConflict((oc) => oc.column('email_account_id').doUpdateSet(days))
        .execute()
      const detail = changeOf(before, ages)
      if (detail) await audit.record(tx, { actor, action: 'email_account.retention_changed', subject: id, detail })
      return ages
    })
  }

  async function ofInstallation(from = db): Promise<InstallationAges> {
    const row = await from.selectFrom('installation_retention').selectAll().executeTakeFirst()
    return {
      eventsDays: row?.events_days ?? undefined,
      alertsDays: row?.alerts_days ?? undefined,
      auditDays: row?.audit_days ?? undefined,
      signInsDays: row?.sign_ins_days ?? undefined,
    }
  }

  function setInstallation(ages: InstallationAges, actor: string): Promise<InstallationAges> {
    return database.transaction(async (tx) => {
      const before = await ofInstallation(tx)
      const days = {
        events_days: ages.eventsDays ?? null,
        alerts_days: ages.alertsDays ?? null,
        audit_days: ages.auditDays ?? null,
        sign_ins_days: ages.signInsDays ?? null,
      }
      await tx
        .insertInto('installation_retention')
        .values(days)
        .onConflict((oc) => oc.column('one').doUpdateSet(days))
        .execute()
      const detail = changeOf(before, ages)
      if (detail) await audit.record(tx, { actor, action: 'retention.changed', subject: 'retention', detail })
      return ages
    })
  }

  return {
    ofAccount: (id) => ofAccount(id),
    setAccount,
    ofInstallation: () => ofInstallation(),
    setInstallation,
  }
}

/** The changed ages for the audit list; undefined if none has changed. */
function changeOf(before: object, after: object) {
  const [old, set] = [before, after] as Record<string, number | undefined>[]
  const changed = Object.keys(set!).filter((key) => old![key] !== set![key])
  if (changed.length === 0) return undefined
  const pick = (ages: Record<string, number | undefined>) =>
    Object.fromEntries(changed.map((key) => [key, ages[key] ?? null]))
  return { from: pick(old!), to: pick(set!) }
}
