/**
 * Every action of the audit list with its detail; a stable interface for API clients. An action is `thing.happened`:
 * singular thing, past tense. Renaming one needs a migration of stored entries. Ids are those of the API, times are ISO
 * 8601.
 */
export const ACTIONS = {
  /** The first admin set a password with the link printed by the server. */
  'person.first_admin_joined': detail<{ email: string } & Partial<Origin>>(),
  'person.invited': detail<{ email: string; role: string; emailAccountIds: readonly string[] }>(),
  'person.joined': detail<{ email: string } & Partial<Origin>>(),
  /** The link was an invitation or a password reset. */
  'person.link_revoked': detail<{ email: string | null }>(),
  'person.reset_link_created': detail(),
  'person.password_reset': detail<{ email: string } & Partial<Origin>>(),
  /** By the person, with the current one. */
  'person.password_changed': detail<Origin>(),
  'person.role_changed': detail<{ from: string; to: string }>(),
  'person.memberships_changed': detail<{ from: readonly string[]; to: readonly string[] }>(),
  'person.removed': detail<{ email: string }>(),
  /** By a provider's claim, or by an admin who approved a request. */
  'person.admitted': detail<{ email: string; role: string }>(),

  'identity_provider.created': detail<{
    name: string
    kind: string
    issuer: string | null
    clientId: string | null
    cloudProviderId: string | null
    admission: string
  }>(),
  /** The changed fields of the API. */
  'identity_provider.changed': detail<Readonly<Record<string, unknown>>>(),
  'identity_provider.enabled': detail<{ name: string }>(),
  'identity_provider.disabled': detail<{ name: string }>(),
  /** `people`: number of people who signed in by it. */
  'identity_provider.removed': detail<{ name: string; people: number }>(),
  /** Subject is the person. `by`: the person themselves, an invitation, a claim, or an approved domain. */
  'identity.linked': detail<
    { identityProviderId: string; provider: string; userName: string; by: string } & Partial<Origin>
  >(),
  'identity.unlinked': detail<{ identityProviderId: string; userName: string } & Partial<Origin>>(),
  'admission_request.refused': detail<{ email: string }>(),

  /** A factor of sign-in beside the password; `name` is that of a passkey. */
  'factor.added': detail<{ kind: 'authenticator-app' | 'passkey'; name?: string }>(),
  'factor.removed': detail<{ kind: 'authenticator-app' | 'passkey'; name?: string }>(),
  /** Removes all factors of a person who has lost them. */
  'factor.reset': detail(),
  /** A new set of codes, which replaces the earlier one. */
  'recovery_code.created': detail(),
  /** `left` is the number of unused codes. */
  'recovery_code.used': detail<{ left: number }>(),
  /** The whole policy before and after. `breakGlass` are ids of people. */
  'sign_in_policy.changed': detail<{ from: SignInRules; to: SignInRules }>(),
  /** A break-glass admin signed in without a provider, while others can't. */
  'break_glass.used': detail<Origin>(),
  /** A break-glass admin can't sign in by two factors any more, or has another role. */
  'break_glass.ended': detail(),
  'session.started': detail<Origin & { method: string; secondFactor: string | undefined; isNewDevice: boolean }>(),
  /** The person proved their identity again, for sensitive actions. */
  'session.confirmed': detail<Origin & { method: string; secondFactor: string | undefined }>(),
  /** Before its time; `reason` is one of a few words. Address and device are those of the sign-in, for a single session. */
  'session.ended': detail<{ reason: string; sessions: number } & Partial<Origin>>(),
  /**
   * A wrong password or code, or an unknown address; `use` names the form. `isLast`: no further failures from this network, or from any, are
   * recorded in this hour.
   */
  'sign_in.failed': detail<FailedOrigin & { use: string; isLast: boolean }>(),
  /** Wrong passwords or codes have reached `limit`: further attempts are refused for up to an hour. */
  'sign_in.locked': detail<FailedOrigin & { limit: string }>(),

  'api_key.created': detail<{
    name: string
    prefix: string
    scopes: readonly string[]
    emailAccountIds: readonly string[] | 'all'
    expiresAt: string | null
    allowedNetworks: readonly string[]
  }>(),
  'api_key.revoked': detail<{ prefix: string }>(),
  /** `network` is the /24 of an IPv4 address, or the /64 of an IPv6 address. At most 20 an hour per key. */
  'api_key.new_network_used': detail<KeyUse & { isFirst: boolean }>(),
  /** The key was revoked (or its owner is no longer an admin), has expired, or isn't allowed from the network. */
  'api_key.refused': detail<KeyUse & { reason: 'revoked' | 'expired' | 'network' }>(),
  /** Secrets are encrypted with another key. */
  'encryption_key.rotated': detail<{
    resealed: number
    unreadable: readonly { table: string; count: number }[]
    behind: number
    canBeDropped: readonly string[]
    stillNeeded: readonly string[]
  }>(),

  'work_order.created': detail<{ cloud: string }>(),
  'work_order.revoked': detail(),

  'cloud_provider.created': detail<{
    name: string
    cloud: string
    tenantId: string | undefined
    clientId: string
    credential: string | undefined
  }>(),
  /** The changed fields of the API. */
  'cloud_provider.changed': detail<Readonly<Record<string, unknown>>>(),
  'cloud_provider.removed': detail<{ name: string }>(),
  'cloud_provider.credential_added': detail<{ credentialId: string; kind: string; expiresAt: string | undefined }>(),
  'cloud_provider.credential_expiry_changed': detail<{ credentialId: string; expiresAt: string | null }>(),
  'cloud_provider.credential_removed': detail<{ credentialId: string }>(),
  'cloud_provider.device_code_allowed': detail<{ name: string }>(),
  'cloud_provider.device_code_forbidden': detail<{ name: string }>(),
  /** A redirect reported the consent; no token proves it. */
  'cloud_provider.consent_reported': detail<{ tenantId: string; requestedAddress: string | undefined }>(),
  /** A token of the user `provenBy` proves the consent. */
  'cloud_provider.consented': detail<{ tenantId: string; requestedAddress: string | undefined; provenBy: string }>(),

  'device_sign_in.started': detail<{
    cloudProviderId: string
    requestedAddress: string | undefined
    reconnectGrantId: string | undefined
  }>(),
  'sign_in_link.created': detail<{
    cloudProviderId: string
    kind: string
    requestedAddress: string | undefined
    reconnectGrantId: string | undefined
  }>(),
  'sign_in_link.revoked': detail(),
  'sign_in_link.used': detail<{ createdBy: string; usedBy: string; kind: string; grantId: string | undefined }>(),
  'connect_session.created': detail<{
    cloudProviderId: string
    requestedAddress: string | undefined
    displayName: string
    returnTo: string | undefined
  }>(),
  'connect_session.canceled': detail(),
  'connect_session.completed': detail<{ createdBy: string; userName: string; emailAccountId: string }>(),
  /** `rows`: number of mailboxes in it. `memberIds` are people who get access to each. */
  'account_batch.created': detail<{
    cloudProviderId: string
    tenantId: string | undefined
    grantId: string | undefined
    rows: number
    memberIds: readonly string[]
  }>(),
  'account_batch.completed': detail<{
    connected: number
    failed: number
    canceled: number
    alreadyConnected: number
    duplicates: number
  }>(),
  /** People who got access to a mailbox of a batch. */
  'email_account.members_added': detail<{ memberIds: readonly string[]; batchId: string }>(),
  /** `rows`: number of mailboxes that waited. */
  'account_batch.canceled': detail<{ rows: number }>(),
  'account_batch.retried': detail<{ rows: number }>(),
  'return_url.added': detail<{ url: string; match: string }>(),
  'return_url.secret_rotated': detail<{ url: string }>(),
  'return_url.removed': detail<{ url: string; match: string }>(),
  'grant.added': detail<{ userName: string; requestedAddress: string | undefined }>(),
  'grant.renewed': detail<{ userName: string; requestedAddress: string | undefined }>(),
  'grant.disconnected': detail<User>(),
  /** A different user signed in than the principal of the mailbox. */
  'principal_request.created': detail<{ signedIn: User; expectedGrantId: string }>(),
  'principal_request.dismissed': detail<{ signedIn: User }>(),

  'email_account.associated': detail<{ key: string }>(),
  /** `changed` names fields of the API. */
  'email_account.changed': detail<{
    changed: readonly string[]
    what?: 'added' | 'changed' | 'removed'
    isOn?: boolean
    watchesJunk?: boolean
    joinsBySubject?: boolean
    assignsSender?: boolean
    closesOlderThanDays?: number | null
    trustedAuthServId?: string | null
    receivesBy?: string
    sendsBy?: string
  }>(),
  /**
   * Closes conversations older than `before` in the background: `count` of them at the start, or more if `isAtLeast`.
   */
  'email_account.conversations_closed': detail<{ before: string; count: number; isAtLeast?: boolean }>(),
  /** Opens again what the latest one has closed. */
  'email_account.conversations_reopened': detail(),
  /** Ages in days of retention; null: never deleted. */
  'email_account.retention_changed': detail<{
    from: Readonly<Record<string, number | null>>
    to: Readonly<Record<string, number | null>>
  }>(),
  /** By retention, in one run: conversations with their messages, and sources with their bytes as stored. */
  'email_account.mail_deleted': detail<{
    conversations: number
    messages: number
    sources: number
    bytes: number
  }>(),
  'retention.changed': detail<{
    from: Readonly<Record<string, number | null>>
    to: Readonly<Record<string, number | null>>
  }>(),
  /** The number of addresses of the person. Neither entry names the person. */
  'erasure.started': detail<{ addresses: number }>(),
  'erasure.completed': detail<{ conversations: number; shared: number; messages: number; onLegalHold: number }>(),
  /** Audit entries and records of ended sign-ins that one run of retention has deleted. */
  'retention.applied': detail<{ auditEntries: number; signIns: number }>(),
  'email_account.servers_changed': detail<{ servers: boolean; password: boolean }>(),
  /**
   * Postkey sends by Graph because SMTP is disabled for the mailbox; `why` is an error code, `said` the response of the
   * server.
   */
  'email_account.send_protocol_changed': detail<{ sendsBy: 'graph'; why: string; said: string | undefined }>(),
  'email_account.principal_changed': detail<{ why: string; from: User | 'application'; to: User | 'application' }>(),
  /** `from` and `to` are user names. */
  'email_account.backup_sign_in_changed': detail<{ from: string | undefined; to: string | undefined }>(),
  /** `refusal` is an error code when the test mail was refused. */
  'email_account.test_sent': detail<{ refusal: string | undefined }>(),
  'email_account.paused': detail(),
  'email_account.resumed': detail(),
  'email_account.disconnected': detail(),
  /** Includes the counts of deleted records. */
  'email_account.removed': detail<{ key: string; address: string } & Readonly<Record<string, unknown>>>(),

  /**
   * A change of conversations takes effect in their mailbox, which is the subject. `conversationId` where it is a single
   * one.
   */
  'account_action.requested': detail<{
    effect: 'mark-read' | 'mark-unread' | 'move'
    conversations: number
    messages: number
    conversationId: string | undefined
  }>(),

  'conversation.moved': detail<{ from: string; to: string }>(),
  'conversation.merged': detail<{ merged: string }>(),
  'conversation.split': detail<{ into: string; messages: readonly string[] }>(),
  /** `from` is the former reason of a conversation that was on hold before. */
  'conversation.legal_hold_placed': detail<{ emailAccountId: string; reason: string; from?: string }>(),
  'conversation.legal_hold_removed': detail<{ emailAccountId: string; reason: string }>(),
  'tag.created': detail<{ name: string; color: string }>(),
  /** The fields before and after the change. */
  'tag.changed': detail<{ from: string; to: string; fromColor: string; toColor: string }>(),
  'tag.deleted': detail<{ name: string }>(),
  'tag.restored': detail<{ name: string }>(),
  /** The submission was held after a backup was restored. */
  'submission.released': detail<{ emailAccountId: string; subject: string }>(),
  'submission.discarded': detail<{ emailAccountId: string; subject: string }>(),

  /** The original of a message (.eml) was downloaded or shown. */
  'message.source_downloaded': detail<{ emailAccountId: string; conversationId: string }>(),
  'message.attachments_downloaded': detail<{ emailAccountId: string; conversationId: string; files: number }>(),
  /** As a ZIP file of the originals of its messages. */
  'conversation.exported': detail<{ emailAccountId: string; messages: number }>(),
  /** A copy of all data was written at the command line. */
  'backup.created': detail<{ path: string; sizeBytes: number }>(),
  'support_bundle.created': detail<{ path: string; sizeBytes: number; files: number }>(),
  /** Entries of this list were downloaded: their number at the start, and the filter. */
  'audit.exported': detail<{ format: 'csv' | 'json'; count: number; filter: Readonly<Record<string, unknown>> }>(),

  'alert_relay.changed': detail<{
    host: string
    port: number
    security: string
    from: string
    userName: string | null
  }>(),
  'alert_relay.removed': detail(),
  /** A test mail with a code was sent. */
  'alert_relay.tested': detail<{ to: string }>(),
  /** The code of the test mail was entered. */
  'alert_relay.confirmed': detail(),
  'alert_webhook.added': detail<{ name: string } & WebhookSettings>(),
  'alert_webhook.changed': detail<{ name: string } & WebhookSettings>(),
  'alert_webhook.removed': detail<{ name: string; origin: string }>(),
  'alert_webhook.disabled': detail<{ name: string; reason: string }>(),
  'webhook.added': detail<{ name: string } & WebhookSettings>(),
  /** The changed settings, as they are now. */
  'webhook.changed': detail<{ name: string } & WebhookSettings>(),
  'webhook.removed': detail<{ name: string; origin: string }>(),
  /** By Postkey; `reason` is an error code. */
  'webhook.disabled': detail<{ name: string; reason: string }>(),
  /** Both secrets sign for a day. */
  'webhook.secret_rotated': detail<{ name: string }>(),
  /** `events`: an id, or the ids before the first and of the last one. */
  'webhook.replayed': detail<{ events: string }>(),
} as const

export type AuditAction = keyof typeof ACTIONS
export type AuditDetails = { readonly [Action in AuditAction]: Readonly<(typeof ACTIONS)[Action]> }

export const AUDIT_ACTIONS = Object.keys(ACTIONS) as readonly AuditAction[]

/** An action with its detail, or without `detail` if `ACTIONS` defines none. */
export type AuditContent<Action extends AuditAction = AuditAction> = {
  [Each in Action]: AuditDetails[Each] extends NoDetail
    ? { action: Each; detail?: undefined }
    : { action: Each; detail: AuditDetails[Each] }
}[Action]

interface SignInRules {
  onlyByProvider: boolean
  secondFactorFor: string
  secondFactorFrom: string | undefined
  adminsSecondFactorFrom: string | undefined
  breakGlass: readonly string[]
}

/** Browser of a request: its address, and the names of browser and system. */
interface Origin {
  address: string
  device: string
}

/** `network` is an IPv4 address, or the /64 of an IPv6 address. */
interface FailedOrigin {
  /** Address of a person. Unknown addresses aren't kept: people type passwords into the wrong field. */
  email?: string
  network: string
  device: string
}

interface KeyUse {
  name: string
  prefix: string
  network: string
}

/** Identity of a Microsoft user. */
interface User {
  tenantId: string
  objectId: string
  userName: string
}

/** Settings of a webhook that an action set. */
interface WebhookSettings {
  /** Never path and query of its address. */
  origin?: string | undefined
  kinds?: readonly string[] | 'all' | undefined
  emailAccountIds?: readonly string[] | 'all' | undefined
  includesMessage?: boolean | undefined
  concurrency?: number | undefined
  state?: string | undefined
  backlog?: string | undefined
}

interface NoDetail {
  readonly none: true
}

/** Declares the type of a detail; it has no runtime value. */
function detail<Detail extends object = NoDetail>(): Detail {
  return undefined as unknown as Detail
}
