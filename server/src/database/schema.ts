import type { ColumnType, Generated } from 'kysely'
import type {
  ApiKeyId,
  AttachmentId,
  AuthorizationId,
  CloudProviderId,
  ConversationId,
  DraftAttachmentId,
  DraftId,
  EmailAccountId,
  FolderId,
  GrantId,
  NoteId,
  PersonLinkId,
  ProviderCredentialId,
  SignInLinkId,
  StoredMessageId,
  SubmissionId,
  WorkOrderId,
} from '../kernel/ids.ts'

/**
 * The tables of `server/migrations`, one row type each, with the names that SQL gives them. A test compares this list
 * with the migrated database. The room that owns a table converts its rows; no row leaves its room.
 */
export interface Schema {
  encryption_keys: EncryptionKeys
  events: Events
  audit_entries: AuditEntries
  cloud_providers: CloudProviders
  provider_credentials: ProviderCredentials
  work_orders: WorkOrders
  grants: Grants
  access_tokens: AccessTokens
  authorizations: Authorizations
  sign_in_links: SignInLinks
  users: Users
  sessions: Sessions
  sign_in_methods: SignInMethods
  verifications: Verifications
  memberships: Memberships
  person_links: PersonLinks
  api_keys: ApiKeys
  email_accounts: EmailAccounts
  folders: Folders
  conversations: Conversations
  messages: Messages
  message_locations: MessageLocations
  attachments: Attachments
  notes: Notes
  submissions: Submissions
  submission_attachments: SubmissionAttachments
  conversation_message_ids: ConversationMessageIds
  drafts: Drafts
  draft_attachments: DraftAttachments
  unfiled_messages: UnfiledMessages
  graph_subscriptions: GraphSubscriptions
}

/**
 * `jsonb`. Written with `JSON.stringify`, because the driver would send a JavaScript array as an SQL array; read as
 * `unknown`, because only the room that wrote it knows its form.
 */
type Json = ColumnType<unknown, string, string>
type OptionalJson = ColumnType<unknown, string | null | undefined, string | null>

/** `bigint GENERATED ALWAYS`: given by the database, in the order of insertion. */
type Serial = ColumnType<number, never, never>

interface EncryptionKeys {
  key_id: string
  check_value: Buffer
  created_at: Date
}

interface Events {
  id: Serial
  kind: string
  email_account_id: EmailAccountId | null
  subject_id: string
  payload: Json
  at: Date
}

interface AuditEntries {
  id: Serial
  actor: string
  action: string
  subject: string
  detail: Json
  at: Date
}

interface CloudProviders {
  id: CloudProviderId
  name: string
  service: 'microsoft-azure'
  type: 'outlook365'
  cloud: string
  account_types: 'single-tenant' | 'multitenant' | 'multitenant-and-personal'
  tenant_id: string
  client_id: string
  contact: string
  deputy: string | null
  state: Generated<string>
  state_reason: string | null
  state_since: Date
  check_result: OptionalJson
  created_at: Date
}

interface ProviderCredentials {
  id: ProviderCredentialId
  cloud_provider_id: CloudProviderId
  kind: 'secret' | 'certificate'
  sealed: Buffer
  key_id: string
  ends_at: Date | null
  created_at: Date
}

interface WorkOrders {
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

interface Grants {
  id: GrantId
  cloud_provider_id: CloudProviderId
  tenant_id: string
  object_id: string
  user_name: string
  display_name: string
  scopes_wanted: string[]
  scopes_granted: string[]
  refresh_token: Buffer
  key_id: string
  refresh_token_at: Date
  ended_at: Date | null
  ended_upstream: OptionalJson
  version: Generated<number>
  created_at: Date
}

interface AccessTokens {
  grant_id: GrantId
  resource: 'graph' | 'exchange'
  sealed: Buffer
  key_id: string
  scope: string[]
  expires_at: Date
}

interface Authorizations {
  id: AuthorizationId
  state_hash: Buffer
  session_hash: Buffer
  cloud_provider_id: CloudProviderId
  kind: 'sign-in' | 'admin-consent'
  code_verifier: Buffer
  key_id: string
  nonce_hash: Buffer
  redirect_uri: string
  scopes_wanted: string[]
  wanted_address: string | null
  reconnect_grant_id: GrantId | null
  wanted_kind: 'user' | 'shared' | null
  started_by: string
  expires_at: Date
  consumed_at: Date | null
  outcome: OptionalJson
  sign_in_link_id: SignInLinkId | null
}

interface SignInLinks {
  id: SignInLinkId
  token_hash: Buffer
  cloud_provider_id: CloudProviderId
  kind: 'sign-in' | 'admin-consent'
  wanted_address: string | null
  reconnect_grant_id: GrantId | null
  created_by: string
  created_at: Date
  expires_at: Date
  revoked_at: Date | null
  used_at: Date | null
  used_by: string | null
}

interface Users {
  id: string
  name: string
  email: string
  email_verified: boolean
  image: string | null
  role: 'admin' | 'agent'
  removed_at: Date | null
  created_at: Date
  updated_at: Date
}

interface Sessions {
  id: string
  user_id: string
  token: string
  expires_at: Date
  ip_address: string | null
  user_agent: string | null
  created_at: Date
  updated_at: Date
}

interface SignInMethods {
  id: string
  user_id: string
  provider_id: string
  account_id: string
  password: string | null
  access_token: string | null
  refresh_token: string | null
  id_token: string | null
  access_token_expires_at: Date | null
  refresh_token_expires_at: Date | null
  scope: string | null
  created_at: Date
  updated_at: Date
}

interface Verifications {
  id: string
  identifier: string
  value: string
  expires_at: Date
  created_at: Date
  updated_at: Date
}

interface PersonLinks {
  id: PersonLinkId
  kind: 'first-admin' | 'invitation' | 'reset'
  token_hash: Buffer
  email: string | null
  name: string | null
  role: 'admin' | 'agent'
  email_account_ids: EmailAccountId[]
  user_id: string | null
  created_by: string
  created_at: Date
  expires_at: Date
  used_at: Date | null
  revoked_at: Date | null
}

interface Memberships {
  user_id: string
  email_account_id: EmailAccountId
}

interface ApiKeys {
  id: ApiKeyId
  name: string
  key_hash: Buffer
  prefix: string
  scopes: string[]
  email_account_ids: EmailAccountId[] | null
  created_by: string
  created_at: Date
  last_used_at: Date | null
  revoked_at: Date | null
}

interface EmailAccounts {
  id: EmailAccountId
  key: string
  name: string
  address: string
  kind: 'user' | 'shared'
  contact: string
  cloud_provider_id: CloudProviderId
  grant_id: GrantId
  receives_by: 'graph'
  sends_by: 'graph'
  import_from: Date
  state: string
  state_reason: string | null
  state_since: Date
  next_try_at: Date | null
  attempts: Generated<number>
  due_at: Date
  wakes: Generated<number>
  fence: Generated<number>
  complete_up_to: Date | null
  last_received_at: Date | null
  last_sent_at: Date | null
  preflight: OptionalJson
  push: Generated<'active' | 'polling' | 'failed'>
  push_reason: string | null
  created_at: Date
}

interface Folders {
  id: FolderId
  email_account_id: EmailAccountId
  remote_id: string
  name: string
  role: string | null
  synced: boolean
  cursor: OptionalJson
  cursor_round: Generated<number>
  rereading: Generated<boolean>
  imported: Generated<boolean>
  imported_count: Generated<number>
  remote_total: number | null
  complete_up_to: Date | null
}

interface Conversations {
  id: ConversationId
  email_account_id: EmailAccountId
  subject: string
  status: 'open' | 'closed'
  assignee_id: string | null
  participants: Json
  preview: string
  unread: boolean
  message_count: number
  last_message_at: Date
  created_at: Date
}

interface Messages {
  id: StoredMessageId
  email_account_id: EmailAccountId
  conversation_id: ConversationId
  message_key: Buffer
  remote_id: string
  presence: 'present' | 'unconfirmed' | 'elsewhere' | 'gone'
  message_id: string | null
  direction: 'in' | 'out'
  subject: string
  from_address: OptionalJson
  sender_address: OptionalJson
  to_addresses: Json
  cc_addresses: Json
  bcc_addresses: Json
  reply_to_addresses: Json
  in_reply_to: string[]
  reference_ids: string[]
  remote_conversation_id: string | null
  sent_at: Date | null
  received_at: Date
  flags: string[]
  unread: boolean
  preview: string
  body_type: 'text' | 'html'
  body: string
  has_attachments: boolean
  attachments_known: Generated<boolean>
  imported: boolean
  /** `tsvector`: written with `to_tsvector(…)`, asked with `@@`; the text form that comes back serves nobody. */
  search: string
  created_at: Date
}

interface MessageLocations {
  folder_id: FolderId
  remote_id: string
  message_id: StoredMessageId
  round: number
}

interface Attachments {
  id: AttachmentId
  message_id: StoredMessageId
  remote_id: string
  name: string
  content_type: string
  size_bytes: number
  content_id: string | null
  is_inline: boolean
  kind: 'file' | 'item' | 'link'
}

interface Notes {
  id: NoteId
  conversation_id: ConversationId
  author_id: string
  body: string
  created_at: Date
}

interface Submissions {
  id: SubmissionId
  email_account_id: EmailAccountId
  conversation_id: ConversationId | null
  idempotency_key: string
  request_hash: Buffer
  message_id: string
  content: Json
  state: 'queued' | 'sending' | 'handed-over' | 'sent' | 'unknown' | 'failed' | 'canceled'
  state_reason: string | null
  remote_draft_id: string | null
  send_begun_at: Date | null
  handed_over_at: Date | null
  sent_message_id: StoredMessageId | null
  remote_message_id: string | null
  attempts: Generated<number>
  due_at: Date
  not_before: Date | null
  tidy_at: Date | null
  claimed_by: string | null
  lease_until: Date | null
  fence: Generated<number>
  submitted_by: string
  created_at: Date
}

interface SubmissionAttachments {
  submission_id: SubmissionId
  position: number
  name: string
  content_type: string
  content_id: string | null
  is_inline: boolean
  size_bytes: number
  content: Buffer | null
}

interface ConversationMessageIds {
  email_account_id: EmailAccountId
  message_id: string
  conversation_id: ConversationId
}

interface Drafts {
  id: DraftId
  email_account_id: EmailAccountId
  conversation_id: ConversationId | null
  author_id: string
  content: Json
  version: number
  updated_at: Date
}

interface DraftAttachments {
  id: DraftAttachmentId
  draft_id: DraftId
  name: string
  content_type: string
  content_id: string | null
  is_inline: boolean
  size_bytes: number
  content: Buffer
}

interface UnfiledMessages {
  email_account_id: EmailAccountId
  remote_id: string
  folder_remote_id: string
  reason: string
  at: Date
  attempts: Generated<number>
  next_try_at: Date | null
}

interface GraphSubscriptions {
  email_account_id: EmailAccountId
  remote_id: string
  client_state_hash: Buffer
  expires_at: Date
  renew_at: Date
  lifecycle_event: string | null
  created_at: Date
}
