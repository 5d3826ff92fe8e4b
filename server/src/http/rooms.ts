import type { AccountBatchesRoom } from '../account-batches/index.ts'
import type { AccountHealth } from '../account-health/index.ts'
import type { Alerts } from '../alerts/index.ts'
import type { AuditForwarding } from '../audit/index.ts'
import type { BackupWatch } from '../backup/index.ts'
import type { CloudProviders, Clouds, WorkOrders } from '../cloud-providers/index.ts'
import type { ConnectSessionsRoom, ReturnUrls } from '../connect-sessions/index.ts'
import type { Conversations, SearchIndex } from '../conversations/index.ts'
import type { Doctor } from '../doctor/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Database } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import type { IdentityProvidersRoom } from '../identity-providers/index.ts'
import type { Idempotency } from '../idempotency/index.ts'
import type { Incidents } from '../incidents/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { InteractiveRequests } from '../kernel/interactive-requests.ts'
import type { Log } from '../kernel/log.ts'
import type { AccountActions } from '../account-actions/index.ts'
import type { NotificationsRoom } from '../notifications/index.ts'
import type { Parser } from '../mime/index.ts'
import type { PeopleRoom } from '../people/index.ts'
import type { Retention } from '../retention/index.ts'
import type { Servers } from '../servers/index.ts'
import type { HeldMail, Submissions } from '../submission/index.ts'
import type { ShownAccounts, Sync } from '../sync/index.ts'
import type { Authorizations, DeviceCodeAllowances, DeviceSignIns, Grants, SignInLinks } from '../tokens/index.ts'
import type { BrowserSessions } from './browser-session.ts'
import type { OpenStreams } from './events/open-streams.ts'
import type { Metrics } from './metrics.ts'
import type { Transports } from '../transports/index.ts'
import type { Webhooks } from '../webhooks/index.ts'
import type { Writing } from '../writing/index.ts'
import type { ApplicationAccess, Principals } from '../principals/index.ts'

/** Interfaces of all modules, for use in routes. */
export interface Rooms extends IdentityProvidersRoom {
  clock: Clock
  publicUrl: URL
  /** Contact for reports of vulnerabilities, as a URI. */
  securityContact?: string | undefined
  /** Origins whose browsers may use the API with a key. */
  corsOrigins?: readonly string[] | undefined
  log: Log
  database: Pick<Database, 'db'>
  people: PeopleRoom
  clouds: Clouds
  cloudProviders: CloudProviders
  workOrders: WorkOrders
  authorizations: Authorizations
  signInLinks: SignInLinks
  connectSessions: ConnectSessionsRoom['connectSessions']
  directoryUsers: Transports['usersIn']
  accountBatches: AccountBatchesRoom['accountBatches']
  returnUrls: ReturnUrls
  deviceSignIns: DeviceSignIns
  deviceCodeAllowances: DeviceCodeAllowances
  grants: Grants
  idempotency: Idempotency
  emailAccounts: EmailAccounts
  principals: Principals
  accountHealth: AccountHealth
  applicationAccess: Pick<ApplicationAccess, 'of'>
  conversations: Conversations
  searchIndex: Pick<SearchIndex, 'figures'>
  parser: Parser
  submissions: Submissions
  accountActions: AccountActions
  retention: Pick<Retention, 'settings' | 'previews' | 'sizes' | 'defaultDays' | 'erasures'>
  notifications: NotificationsRoom
  writing: Writing
  heldMail: HeldMail
  events: Events
  webhooks: Webhooks
  incidents: Pick<Incidents, 'list' | 'get' | 'acknowledge' | 'openCounts'>
  alerts: Alerts
  doctor: Doctor
  servers: Pick<Servers, 'list'>
  backups: Pick<BackupWatch, 'status'>
  auditForwarding: Pick<AuditForwarding, 'status'>
  sync: Pick<Sync, 'wake' | 'lookedAt' | 'notified' | 'unfiledCount' | 'reconciledOf'>
  shownAccounts: ShownAccounts
  requests: InteractiveRequests
  browserSessions: BrowserSessions
  metrics: Metrics
  openStreams: OpenStreams
  /** True while the process is ending; never by default. */
  isEnding?: () => boolean
  /**
   * Interval of heartbeats in an event stream, with which the caller's permissions are checked again; 15 seconds by
   * default.
   */
  heartbeatMs?: number
}
