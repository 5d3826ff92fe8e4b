import type { ColumnType, Generated } from 'kysely'
import type { CloudProviderId, EmailAccountId, FolderId, GrantId, IdentityId } from '../../kernel/ids.ts'
import type { OptionalJson } from './columns.ts'

export interface EmailAccountsTable {
  joins_by_subject: Generated<boolean>
  assigns_sender: Generated<boolean>
  trusted_auth_serv_id: ColumnType<string | null, string | null | undefined, string | null>
  id: EmailAccountId
  key: string
  name: string
  address: string
  aliases: ColumnType<unknown, string | undefined, string>
  kind: 'user' | 'shared'
  contact: string
  /** Null when the mailbox is opened with a password. */
  cloud_provider_id: CloudProviderId | null
  servers: OptionalJson
  principal: Generated<'grant' | 'application' | 'password'>
  /** Grant of a user; null when the application itself opens the mailbox. */
  grant_id: GrantId | null
  /** Tenant in which the application opens the mailbox; null when a user grant does. */
  principal_tenant_id: string | null
  receives_by: 'graph' | 'imap'
  sends_by: 'graph' | 'smtp'
  /**
   * A code when the protocol was chosen for a technical reason; `chosen` when an admin chose it; null for the default.
   */
  receives_by_reason: string | null
  sends_by_reason: string | null
  automatic_reply: OptionalJson
  import_from: Date
  deleted_before: ColumnType<Date | null, Date | null | undefined, Date | null>
  import_closes_before: ColumnType<Date | null, Date | null | undefined, Date | null>
  state: string
  state_reason: string | null
  state_since: Date
  state_upstream: OptionalJson
  preflight: OptionalJson
  stand_by_grant_id: GrantId | null
  stand_by_checked_at: Date | null
  stand_by_reason: string | null
  stand_by_due_at: Date | null
  first_grant_id: GrantId | null
  watches_junk: Generated<boolean>
  writes_plain_text: Generated<boolean>
  time_zone: string | null
  sent_folder: string | null
  lost_folders: ColumnType<unknown, string | undefined, string>
  created_at: Date
}

export interface IdentitiesTable {
  id: IdentityId
  email_account_id: EmailAccountId
  name: string
  address: string
  reply_to: OptionalJson
  signature_text: string
  signature_html: string
  is_default: boolean
  created_at: Date
}

export interface FoldersTable {
  id: FolderId
  email_account_id: EmailAccountId
  remote_id: string
  name: string
  role: string | null
  synced: boolean
  remote_total: number | null
}

export interface ProofsOfLifeTable {
  email_account_id: EmailAccountId
  from_at: Date
  to_at: Date
}

export interface MailPasswordsTable {
  email_account_id: EmailAccountId
  bound_to: string
  sealed: Buffer
  key_id: string
}
