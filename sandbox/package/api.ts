/**
 * `@postkey/sandbox`: a local Microsoft 365 for tests. These are the types of the package, as they are delivered.
 *
 * Example:
 *
 *     const sandbox = await startSandbox()
 *     const { clientId, clientSecret } = await sandbox.registerApplication({
 *       redirectUris: ['http://localhost:3000/callback'],
 *       delegatedPermissions: ['Mail.Read', 'offline_access'],
 *       grantAdminConsent: true,
 *     })
 *     // … test a program against sandbox.addresses.login, sandbox.addresses.graph, sandbox.imap, sandbox.smtp
 *     await sandbox.stop()
 */

/** Starts a sandbox in this process. Several can run at the same time. */
export declare function startSandbox(options?: StartOptions): Promise<Sandbox>

/**
 * Controls a sandbox that runs elsewhere, for example by the command `postkey-sandbox`.
 *
 * @param controlPanel address of its control panel
 */
export declare function connectToSandbox(controlPanel: string): Promise<SandboxControl>

export interface StartOptions {
  /** Folder that keeps state and ports until the next start. By default, all state is in memory. */
  dataFolder?: string
  /** Free ports by default; those of an earlier start in the same data folder. */
  ports?: Partial<Record<'login' | 'graph' | 'portal' | 'controlPanel' | 'imap' | 'smtp', number>>
  /**
   * Addresses in issuers and links, for clients that insist on `https://login.microsoftonline.com`. Requests still go to
   * `addresses`.
   */
  named?: { login?: string; graph?: string }
  /** Stores sample mail in the mailboxes; on by default. */
  sampleMail?: boolean
  /** Receives internal errors of the sandbox; by default, they are printed. */
  onError?: (error: unknown) => void
}

export interface Sandbox extends SandboxControl {
  /** Closes all ports. Waits for requests in progress. */
  stop(): Promise<void>
}

/** Addresses and control functions. Each function is a request to the control API, or to Microsoft's own API. */
export interface SandboxControl {
  readonly addresses: {
    /** Instead of `https://login.microsoftonline.com`. */
    login: string
    /** Instead of `https://graph.microsoft.com`. */
    graph: string
    /** Registration of applications, users and mailboxes, for people. */
    portal: string
    controlPanel: string
  }
  /** IMAP without TLS, by XOAUTH2. */
  readonly imap: MailServerAddress
  /** SMTP with or without STARTTLS, by XOAUTH2. */
  readonly smtp: MailServerAddress

  listUsers(): Promise<SandboxUser[]>
  /**
   * Registers an application as an administrator, by the requests to Graph with which a script registers one at
   * Microsoft. The same rules apply, for example to redirect URIs.
   */
  registerApplication(options: ApplicationOptions): Promise<RegisteredApplication>
  /** The current code of a user with MFA. Each code is valid once. */
  authenticatorCode(user: string): Promise<{ code: string; secondsLeft: number }>

  /** The clock of the sandbox, which tokens, secrets and dates of mail follow. */
  clock(): Promise<{ now: Date; offsetMs: number }>
  /** Moves the clock forward. It can't move back. */
  moveClock(byMs: number): Promise<{ now: Date; offsetMs: number }>

  /** Faults that can be switched on, with their options. */
  listFaults(): Promise<Fault[]>
  /** Switches a fault on, for everything or for one tenant, user, application or mailbox. */
  switchOnFault(name: string, fault?: { on?: FaultTarget; options?: Record<string, unknown> }): Promise<{ id: string }>
  switchOffFault(id: string): Promise<void>
  switchOffAllFaults(): Promise<void>
  /** Calls that met the fault. */
  faultCalls(id: string): Promise<{ at: Date; call: string }[]>

  /** Sends mail as a customer, from any address outside of the sandbox. */
  sendFromOutside(letter: Letter): Promise<Delivery>
  /** Mail that arrived outside of the sandbox, oldest first. With `waitMs` it waits for the first one. */
  listOutsideMessages(query?: OutsideQuery): Promise<{ messages: OutsideSummary[]; next: number }>
  outsideMessage(id: string): Promise<OutsideMessage>
}

export interface MailServerAddress {
  host: string
  port: number
}

export interface SandboxUser {
  /** Object id: the claim `oid`. */
  id: string
  displayName: string
  userPrincipalName: string
  mail: string | null
  tenantId: string
  tenant: string
  /** `null` for a guest, who signs in with the home account. */
  password: string | null
  mfa: boolean
  globalAdministrator: boolean
  mailboxes: { address: string; kind: 'user' | 'shared'; isOwn: boolean; rights: string[] }[]
}

export interface ApplicationOptions {
  displayName?: string
  redirectUris?: readonly string[]
  /** Mobile and desktop application: without a secret, with device codes. */
  publicClient?: boolean
  /** `AzureADMyOrg` by default. */
  signInAudience?:
    'AzureADMyOrg' | 'AzureADMultipleOrgs' | 'AzureADandPersonalMicrosoftAccount' | 'PersonalMicrosoftAccount'
  /** As in `scope`: of Graph without a prefix, of Exchange such as `https://outlook.office.com/IMAP.AccessAsUser.All`. */
  delegatedPermissions?: readonly string[]
  /** For access without a user, such as `Mail.ReadWrite` or `https://outlook.office.com/IMAP.AccessAsApp`. */
  applicationPermissions?: readonly string[]
  /** Grants the permissions for all users. Otherwise sign-ins with mail permissions end at "Need admin approval". */
  grantAdminConsent?: boolean
  /** Address of the registering administrator without MFA; `ada@contoso.example` by default. */
  administrator?: string
}

export interface RegisteredApplication {
  tenantId: string
  clientId: string
  /** Absent for a public client. */
  clientSecret?: string
  /** Object id of the registration. */
  applicationId: string
  /** Object id of the enterprise application. */
  servicePrincipalId: string
}

/** By id, address, domain or client id. A subject must match all members. */
export interface FaultTarget {
  tenant?: string
  user?: string
  application?: string
  mailbox?: string
}

export interface Fault {
  name: string
  title: string
  /** Microsoft service that shows it. */
  part: 'entra-id' | 'graph' | 'imap' | 'smtp'
  /** Cause and consequence. */
  what: string
  /** Members of a `FaultTarget` that it takes. */
  scopes: string[]
  options: Record<string, FaultOption>
  /** Kind of the source: documented, found in Microsoft's libraries, observed, reported, or not confirmed. */
  evidence: string
}

export type FaultOption =
  | { kind: 'number'; title: string; least: number; most: number; usual: number }
  | { kind: 'choice'; title: string; choices: string[]; usual: string }

export interface Letter {
  /** Such as `Kim <kim@customer.example>`. */
  from: string
  to: string | readonly string[]
  cc?: string | readonly string[]
  subject?: string
  text?: string
  html?: string
  /** With content in base64. */
  attachments?: readonly { name: string; contentType?: string; contentBytes: string }[]
  /** Message-ID, or id of a stored message, that the letter answers. */
  inReplyTo?: string
}

export interface Delivery {
  messageId: string
  /** In mailboxes of the sandbox. */
  arrivals: { recipient: string; mailboxId: string; folder: string }[]
  /** Outside of it, as in `listOutsideMessages`. */
  outside: { id: string; recipient: string; sequence: number }[]
}

export interface OutsideQuery {
  to?: string
  /** `next` of an earlier response. */
  after?: number
  limit?: number
  waitMs?: number
}

export interface OutsideSummary {
  id: string
  sequence: number
  recipient: string
  envelopeFrom: string
  receivedAt: string
  sizeBytes: number
  subject: string
  /** Addresses as written in the header. */
  from: string
  to: string
  cc: string
  messageId?: string
  inReplyTo: string[]
  references: string[]
}

export interface OutsideMessage extends OutsideSummary {
  headers: { name: string; value: string }[]
  text?: string
  html?: string
  attachments: { name: string; contentType: string; sizeBytes: number; path: string }[]
}
