import type { ColumnType, Generated } from 'kysely'
import type { EmailAccountId } from '../../kernel/ids.ts'

export interface AccountRetentionTable {
  email_account_id: EmailAccountId
  messages_days: number | null
  sources_days: number | null
  attachments_days: number | null
  unreported: ColumnType<unknown, string | undefined, string>
  last_run_at: ColumnType<Date | null, Date | undefined, Date>
}

export interface InstallationRetentionTable {
  one: Generated<boolean>
  events_days: number | null
  alerts_days: number | null
  audit_days: number | null
  sign_ins_days: number | null
  unreported: ColumnType<unknown, string | undefined, string>
  round_at: ColumnType<Date | null, Date | undefined, Date>
}

export interface AccountSizesTable {
  email_account_id: EmailAccountId
  messages: Generated<number>
  sources: Generated<number>
  source_bytes: Generated<number>
  attachments: Generated<number>
  attachment_bytes: Generated<number>
  counted_at: ColumnType<Date | null, Date | undefined, Date>
  so_far: ColumnType<unknown, string | null | undefined, string | null>
}
