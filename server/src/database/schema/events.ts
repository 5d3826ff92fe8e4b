import type { EmailAccountId } from '../../kernel/ids.ts'
import type { Json, Serial } from './columns.ts'

export interface EventsTable {
  id: Serial
  kind: string
  email_account_id: EmailAccountId | null
  subject_id: string
  payload: Json
  at: Date
}
