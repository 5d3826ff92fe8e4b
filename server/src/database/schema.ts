import type { AccountBatchesTable, AccountBatchRowsTable } from './schema/account-batches.ts'
import type { AuditForwardsTable } from './schema/audit.ts'
import type {
  CloudProvidersTable,
  EncryptionKeysTable,
  ProviderCredentialsTable,
  WorkOrdersTable,
} from './schema/cloud-providers.ts'
import type {
  AttachmentsTable,
  ConversationMessageIdsTable,
  ConversationFollowersTable,
  ConversationMentionsTable,
  ConversationReadsTable,
  ConversationTagsTable,
  ConversationsTable,
  CorrespondentsTable,
  DraftAttachmentsTable,
  ClosedConversationsTable,
  ConversationClosingsTable,
  ConversationViewersTable,
  DraftsTable,
  MessageLocationsTable,
  MessagesTable,
  CustomerNotesTable,
  SavedViewsTable,
  SearchEntriesTable,
  SearchQueueTable,
  MessageSourcesTable,
  MessageVersionsTable,
  MessageViewsTable,
  NotesTable,
  TagsTable,
} from './schema/conversations.ts'
import type { BackupsTable } from './schema/backup.ts'
import type {
  EmailAccountsTable,
  FoldersTable,
  IdentitiesTable,
  MailPasswordsTable,
  ProofsOfLifeTable,
} from './schema/email-accounts.ts'
import type { DatabaseEpochsTable, DatabaseRestoresTable, HeldSubmissionsTable } from './schema/epoch.ts'
import type { IdempotentRequestsTable } from './schema/idempotency.ts'
import type { EventsTable } from './schema/events.ts'
import type {
  AlertDeliveriesTable,
  AlertRelayTable,
  AlertsTable,
  IncidentEntriesTable,
  IncidentEmailAccountsTable,
  IncidentsTable,
  InstallationTroublesTable,
} from './schema/incidents.ts'
import type {
  AdmissionRequestsTable,
  ApiKeysTable,
  ApiKeyNetworksTable,
  IdentityProvidersTable,
  LinkedIdentitiesTable,
  OpenIdSignInsTable,
  SignInAttemptsTable,
  AuthenticatorAppsTable,
  RecoveryCodesTable,
  PendingSignInsTable,
  PasskeysTable,
  UsedChallengesTable,
  SignInPolicyTable,
  BreakGlassAdminsTable,
  AuditEntriesTable,
  MembershipsTable,
  PersonLinksTable,
  SessionsTable,
  SignInMethodsTable,
  UsersTable,
  VerificationsTable,
} from './schema/people.ts'
import type {
  AccountActionPositionTable,
  AccountActionSettingsTable,
  AccountActionsTable,
} from './schema/account-actions.ts'
import type {
  NotificationChoicesTable,
  NotificationPositionTable,
  NotificationSettingsTable,
  NotificationsTable,
} from './schema/notifications.ts'
import type { AccountRetentionTable, AccountSizesTable, InstallationRetentionTable } from './schema/retention.ts'
import type {
  ErasedAddressesTable,
  ErasedLocationsTable,
  ErasedMessagesTable,
  ErasureKeyTable,
  ErasuresTable,
} from './schema/erasure.ts'
import type { ServersTable } from './schema/servers.ts'
import type {
  SendingLanesTable,
  SendingStatesTable,
  SubmissionAttachmentsTable,
  SubmissionsTable,
} from './schema/submission.ts'
import type {
  AccountSyncStatesTable,
  FolderSyncStatesTable,
  GraphSubscriptionsTable,
  UnfiledMessagesTable,
} from './schema/sync.ts'
import type {
  AccessTokensTable,
  ApplicationTokensTable,
  AuthorizationsTable,
  GrantsTable,
  PrincipalRequestsTable,
  SignInLinksTable,
  DeviceCodeAllowancesTable,
  DeviceSignInsTable,
} from './schema/grants.ts'
import type {
  AgentSignaturesTable,
  CannedResponseAttachmentsTable,
  CannedResponsesTable,
} from './schema/prepared-texts.ts'
import type { ConnectSessionsTable, ReturnUrlSecretsTable, ReturnUrlsTable } from './schema/connect-sessions.ts'
import type { WebhookDeliveriesTable, WebhookEndpointsTable, WebhookSecretsTable } from './schema/webhooks.ts'

/**
 * Tables of `server/migrations`, one row type each, with their SQL names. A test compares this list with the migrated
 * database. The room that owns a table converts its rows; rows never leave their room.
 */
export interface Schema {
  servers: ServersTable
  backups: BackupsTable
  encryption_keys: EncryptionKeysTable
  events: EventsTable
  audit_entries: AuditEntriesTable
  audit_forwards: AuditForwardsTable
  cloud_providers: CloudProvidersTable
  provider_credentials: ProviderCredentialsTable
  work_orders: WorkOrdersTable
  grants: GrantsTable
  access_tokens: AccessTokensTable
  application_tokens: ApplicationTokensTable
  authorizations: AuthorizationsTable
  sign_in_links: SignInLinksTable
  account_batches: AccountBatchesTable
  account_batch_rows: AccountBatchRowsTable
  connect_sessions: ConnectSessionsTable
  return_urls: ReturnUrlsTable
  return_url_secrets: ReturnUrlSecretsTable
  idempotent_requests: IdempotentRequestsTable
  principal_wishes: PrincipalRequestsTable
  device_code_allowances: DeviceCodeAllowancesTable
  device_sign_ins: DeviceSignInsTable
  users: UsersTable
  sessions: SessionsTable
  sign_in_methods: SignInMethodsTable
  verifications: VerificationsTable
  memberships: MembershipsTable
  person_links: PersonLinksTable
  api_keys: ApiKeysTable
  api_key_networks: ApiKeyNetworksTable
  sign_in_attempts: SignInAttemptsTable
  authenticator_apps: AuthenticatorAppsTable
  recovery_codes: RecoveryCodesTable
  pending_sign_ins: PendingSignInsTable
  passkeys: PasskeysTable
  used_challenges: UsedChallengesTable
  sign_in_policy: SignInPolicyTable
  break_glass_admins: BreakGlassAdminsTable
  identity_providers: IdentityProvidersTable
  linked_identities: LinkedIdentitiesTable
  openid_sign_ins: OpenIdSignInsTable
  admission_requests: AdmissionRequestsTable
  email_accounts: EmailAccountsTable
  folders: FoldersTable
  identities: IdentitiesTable
  mail_passwords: MailPasswordsTable
  proofs_of_life: ProofsOfLifeTable
  conversations: ConversationsTable
  messages: MessagesTable
  customer_notes: CustomerNotesTable
  saved_views: SavedViewsTable
  search_queue: SearchQueueTable
  search_entries: SearchEntriesTable
  message_locations: MessageLocationsTable
  message_sources: MessageSourcesTable
  message_versions: MessageVersionsTable
  message_views: MessageViewsTable
  attachments: AttachmentsTable
  notes: NotesTable
  submissions: SubmissionsTable
  submission_attachments: SubmissionAttachmentsTable
  database_epochs: DatabaseEpochsTable
  database_restores: DatabaseRestoresTable
  held_submissions: HeldSubmissionsTable
  sending_states: SendingStatesTable
  sending_lanes: SendingLanesTable
  conversation_message_ids: ConversationMessageIdsTable
  conversation_reads: ConversationReadsTable
  conversation_closings: ConversationClosingsTable
  closed_conversations: ClosedConversationsTable
  conversation_mentions: ConversationMentionsTable
  conversation_followers: ConversationFollowersTable
  conversation_viewers: ConversationViewersTable
  correspondents: CorrespondentsTable
  tags: TagsTable
  conversation_tags: ConversationTagsTable
  drafts: DraftsTable
  draft_attachments: DraftAttachmentsTable
  account_sync_states: AccountSyncStatesTable
  folder_sync_states: FolderSyncStatesTable
  unfiled_messages: UnfiledMessagesTable
  graph_subscriptions: GraphSubscriptionsTable
  account_retention: AccountRetentionTable
  installation_retention: InstallationRetentionTable
  account_sizes: AccountSizesTable
  erasures: ErasuresTable
  erasure_key: ErasureKeyTable
  erased_addresses: ErasedAddressesTable
  erased_messages: ErasedMessagesTable
  erased_locations: ErasedLocationsTable
  incidents: IncidentsTable
  installation_troubles: InstallationTroublesTable
  incident_email_accounts: IncidentEmailAccountsTable
  incident_entries: IncidentEntriesTable
  alerts: AlertsTable
  webhook_endpoints: WebhookEndpointsTable
  webhook_secrets: WebhookSecretsTable
  webhook_deliveries: WebhookDeliveriesTable
  alert_deliveries: AlertDeliveriesTable
  alert_relay: AlertRelayTable
  notifications: NotificationsTable
  notification_choices: NotificationChoicesTable
  notification_settings: NotificationSettingsTable
  notification_position: NotificationPositionTable
  account_actions: AccountActionsTable
  account_action_settings: AccountActionSettingsTable
  account_action_position: AccountActionPositionTable
  agent_signatures: AgentSignaturesTable
  canned_responses: CannedResponsesTable
  canned_response_attachments: CannedResponseAttachmentsTable
}
