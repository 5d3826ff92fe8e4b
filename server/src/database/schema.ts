import type { CloudProviders, EncryptionKeys, ProviderCredentials, WorkOrders } from './schema/cloud-providers.ts'
import type {
  Attachments,
  ConversationMessageIds,
  Conversations,
  DraftAttachments,
  ConversationViewers,
  Drafts,
  MessageLocations,
  Messages,
  MessageSources,
  MessageVersions,
  MessageViews,
  Notes,
} from './schema/conversations.ts'
import type { EmailAccounts, Folders, Identities, MailPasswords, ProofsOfLife } from './schema/email-accounts.ts'
import type { DatabaseEpochs, DatabaseRestores, HeldSubmissions } from './schema/epoch.ts'
import type { Events } from './schema/events.ts'
import type {
  AlertDeliveries,
  AlertRelay,
  Alerts,
  AlertWebhooks,
  IncidentEntries,
  IncidentEmailAccounts,
  Incidents,
  InstallationTroubles,
} from './schema/incidents.ts'
import type {
  ApiKeys,
  AuditEntries,
  Memberships,
  PersonLinks,
  Sessions,
  SignInMethods,
  Users,
  Verifications,
} from './schema/people.ts'
import type { Servers } from './schema/servers.ts'
import type { SendingLanes, SendingStates, SubmissionAttachments, Submissions } from './schema/submission.ts'
import type { GraphSubscriptions, UnfiledMessages } from './schema/sync.ts'
import type {
  AccessTokens,
  ApplicationTokens,
  Authorizations,
  Grants,
  PrincipalWishes,
  SignInLinks,
  DeviceCodeAllowances,
  DeviceSignIns,
} from './schema/grants.ts'

/**
 * The tables of `server/migrations`, one row type each, with the names that SQL gives them. A test compares this list
 * with the migrated database. The room that owns a table converts its rows; no row leaves its room.
 */
export interface Schema {
  servers: Servers
  encryption_keys: EncryptionKeys
  events: Events
  audit_entries: AuditEntries
  cloud_providers: CloudProviders
  provider_credentials: ProviderCredentials
  work_orders: WorkOrders
  grants: Grants
  access_tokens: AccessTokens
  application_tokens: ApplicationTokens
  authorizations: Authorizations
  sign_in_links: SignInLinks
  principal_wishes: PrincipalWishes
  device_code_allowances: DeviceCodeAllowances
  device_sign_ins: DeviceSignIns
  users: Users
  sessions: Sessions
  sign_in_methods: SignInMethods
  verifications: Verifications
  memberships: Memberships
  person_links: PersonLinks
  api_keys: ApiKeys
  email_accounts: EmailAccounts
  folders: Folders
  identities: Identities
  mail_passwords: MailPasswords
  proofs_of_life: ProofsOfLife
  conversations: Conversations
  messages: Messages
  message_locations: MessageLocations
  message_sources: MessageSources
  message_versions: MessageVersions
  message_views: MessageViews
  attachments: Attachments
  notes: Notes
  submissions: Submissions
  submission_attachments: SubmissionAttachments
  database_epochs: DatabaseEpochs
  database_restores: DatabaseRestores
  held_submissions: HeldSubmissions
  sending_states: SendingStates
  sending_lanes: SendingLanes
  conversation_message_ids: ConversationMessageIds
  conversation_viewers: ConversationViewers
  drafts: Drafts
  draft_attachments: DraftAttachments
  unfiled_messages: UnfiledMessages
  graph_subscriptions: GraphSubscriptions
  incidents: Incidents
  installation_troubles: InstallationTroubles
  incident_email_accounts: IncidentEmailAccounts
  incident_entries: IncidentEntries
  alerts: Alerts
  alert_webhooks: AlertWebhooks
  alert_deliveries: AlertDeliveries
  alert_relay: AlertRelay
}
