import type { Generated } from 'kysely'
import type { CloudProviderId, ProviderCredentialId, WorkOrderId } from '../../kernel/ids.ts'
import type { MailServiceNames } from '../../kernel/mail-services.ts'
import type { Json, OptionalJson } from './columns.ts'

export interface EncryptionKeysTable {
  key_id: string
  check_value: Buffer
  created_at: Date
  given_up_at: Date | null
}

export interface CloudProvidersTable {
  id: CloudProviderId
  name: string
  service: MailServiceNames['service']
  type: MailServiceNames['type']
  cloud: string
  account_types: 'single-tenant' | 'multitenant' | 'multitenant-and-personal'
  tenant_id: string
  client_id: string
  contact: string
  deputy: string | null
  state: Generated<string>
  state_reason: string | null
  state_since: Date
  next_try_at: Date | null
  attempts: Generated<number>
  due_at: Generated<Date>
  probe_address: string | null
  application: 'chosen-mailboxes' | 'all-mailboxes' | null
  check_result: OptionalJson
  worked_at: Date | null
  created_at: Date
}

export interface ProviderCredentialsTable {
  id: ProviderCredentialId
  cloud_provider_id: CloudProviderId
  kind: 'secret' | 'certificate'
  sealed: Buffer
  key_id: string
  certificate: Buffer | null
  ends_at: Date | null
  end_read_at: Date | null
  ending_told: number | null
  works_since: Date | null
  refused_since: Date | null
  refused_code: string | null
  last_used_at: Date | null
  trial_due_at: Generated<Date>
  trials: Generated<number>
  hint: string | null
  description: string | null
  created_at: Date
}

export interface WorkOrdersTable {
  id: WorkOrderId
  link_hash: Buffer
  wish: Json
  created_by: string
  created_at: Date
  expires_at: Date
  revoked_at: Date | null
  proposal: OptionalJson
  proposed_at: Date | null
  cloud_provider_id: CloudProviderId | null
  confirmed_at: Date | null
}
