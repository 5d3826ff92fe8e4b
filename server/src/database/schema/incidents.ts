import type { Generated } from 'kysely'
import type {
  AlertDeliveryId,
  AlertId,
  CloudProviderId,
  EmailAccountId,
  GrantId,
  IncidentId,
  InstallationTroubleId,
} from '../../kernel/ids.ts'
import type { Json, Serial } from './columns.ts'

export interface IncidentsTable {
  id: IncidentId
  cause: 'provider' | 'tenant-policy' | 'person' | 'mailbox' | 'network' | 'microsoft' | 'installation'
  cause_key: string
  subject_name: string
  cloud_provider_id: CloudProviderId | null
  grant_id: GrantId | null
  email_account_id: EmailAccountId | null
  tenant_id: string | null
  code: string
  detail: string | null
  since: Date
  opened_at: Date
  closed_at: Date | null
  alert_at: Date | null
  remind_at: Date | null
  all_clear_at: Date | null
  alerted_at: Date | null
  all_clear_sent_at: Date | null
  reminders: Generated<number>
  reopened: Generated<number>
  acknowledged_at: Date | null
  acknowledged_by: string | null
}

export interface InstallationTroublesTable {
  id: InstallationTroubleId
  code: string
  server: string
  detail: string
  since: Date
  expires_at: Date | null
  ended_at: Date | null
}

export interface IncidentEmailAccountsTable {
  incident_id: IncidentId
  email_account_id: EmailAccountId
  name: string
  address: string
  since: Date
  until: Date | null
  affects: Generated<'receiving' | 'sending' | 'both' | 'actions'>
}

export interface IncidentEntriesTable {
  id: Serial
  incident_id: IncidentId
  kind: string
  at: Date
  payload: Json
}

export interface AlertsTable {
  id: AlertId
  key: string
  kind: string
  incident_id: IncidentId | null
  subject: string
  text: string
  payload: Json
  created_at: Date
}

export interface AlertDeliveriesTable {
  id: AlertDeliveryId
  alert_id: AlertId
  recipient: string
  state: 'waiting' | 'handing-over' | 'delivered' | 'unclear' | 'failed' | 'not-sent'
  attempts: Generated<number>
  due_at: Date
  reason: string | null
  answer: string | null
  settled_at: Date | null
}

export interface AlertRelayTable {
  one: Generated<boolean>
  host: string
  port: number
  security: 'tls' | 'starttls' | 'none'
  ca: string | null
  user_name: string | null
  sealed: Buffer | null
  key_id: string | null
  from_address: string
  changed_at: Date
  test_id: string | null
  test_to: string | null
  test_code_hash: Buffer | null
  test_tries: Generated<number>
  test_sent_at: Date | null
  tested_at: Date | null
  tested_how: 'accepted' | 'confirmed' | null
  test_reason: string | null
  test_answer: string | null
}
