/**
 * Points at which a fault can take effect. Each is one place in Entra ID, Graph, IMAP or SMTP that checks for faults
 * and receives an effect as data. That place converts the effect into its protocol.
 */

/** Refusal by Entra ID, based on one row of the AADSTS table. */
export interface Refusal {
  /** The AADSTS number. */
  code: number
  /** Values for the placeholders in the row's message. */
  values?: Readonly<Record<string, string>>
  /** A claims challenge as a JSON string, which the client sends back verbatim. */
  claims?: string
  /** Values that replace those of the table in this response. */
  instead?: { error?: string; suberror?: string; status?: number }
  headers?: Readonly<Record<string, string>>
  /** At the authorization endpoint: shows a Microsoft error page instead of redirecting to the client. */
  onPage?: boolean
}

/** Refusal by Graph. */
export interface GraphRefusal {
  status: number
  code: string
  message: string
  headers?: Readonly<Record<string, string>>
}

/** Disturbance of the response, regardless of its content. */
export type Disturbance =
  | { kind: 'answer'; status: number; contentType: string; body: string; headers?: Readonly<Record<string, string>> }
  /** Cuts the connection before anything is done. */
  | { kind: 'cut' }
  /** Sends no response until the caller gives up. */
  | { kind: 'hang' }
  /** Completes the request and cuts the connection before the response. */
  | { kind: 'cut-after' }
  /** Truncates the response. */
  | { kind: 'truncate' }

export interface NotificationHabits {
  drop?: boolean
  twice?: boolean
  delayMs?: number
  clientState?: string
}

/** Behavior of a mail server in place of a response. */
export type ImapFault =
  | { kind: 'refuse'; status: 'NO' | 'BAD'; text: string; then?: 'bye' }
  /** Sends BYE and closes the connection. */
  | { kind: 'bye'; text: string }
  /** Closes the connection without BYE. */
  | { kind: 'cut' }
  /** Sends nothing until the client gives up. */
  | { kind: 'hang' }

/** Behavior of a submission server in place of a reply. */
export type SmtpFault =
  /** Sends `550 5.1.8 …`; closes the connection after a 421. */
  | { kind: 'reply'; reply: string }
  /** Closes the connection without a reply. */
  | { kind: 'cut' }
  /** Sends nothing until the client gives up. */
  | { kind: 'hang' }

/** Possible effects of a fault at each point. */
export interface Effects {
  /** Any request to the login host, before any other check. */
  'entra.request': Disturbance | Refusal
  /** Discovery and the key set. */
  'entra.metadata': Disturbance
  /** Existence of the tenant in the address. */
  'entra.tenant': Refusal
  /** Existence of the application, and its availability at this address. */
  'entra.client': Refusal
  /** Registration of the redirect URI. */
  'entra.redirect-uri': Refusal
  /** Secret or certificate of a client; `bornAt` is its start date. */
  'entra.credential': Refusal
  /** Permission of the application to act in the tenant. */
  'entra.application': Refusal
  /** Existence of the account. */
  'entra.account': Refusal
  /** Permission of the account to sign in, or to continue with tokens issued at `bornAt`. */
  'entra.person': Refusal
  /** Validity of a browser session; `bornAt` is the time at which the user entered the password. */
  'entra.session': 'ended'
  /** Age of a refresh token; `bornAt` is the start of its family. */
  'entra.refresh-token': Refusal
  /** Existence of the resource. */
  'entra.resource': Refusal
  /** Conditional Access and similar policies, after all other checks; `bornAt` is the start of the token family. */
  'entra.policy': Refusal
  /** Second factor that the sign-in pages require. */
  'entra.second-factor': 'required'
  /** Consent rule of the sign-in, in addition to the consent settings of the tenant. */
  'entra.consent': 'ask-again' | 'only-admins-decide' | 'admins-approve-anew'
  /** Validity of the consent for tokens issued at `bornAt`. */
  'entra.consented': Refusal
  /** Lifetime of an access token. */
  'entra.lifetime': { seconds: number }
  /** Access token in an unreadable format. */
  'entra.opaque': true
  /** Omission of a requested refresh token from the token response. */
  'entra.no-refresh-token': true
  /** Treatment of a reused refresh token. */
  'entra.rotation': 'strict'
  /** Token response, after the tokens were issued. */
  'entra.answer': 'cut'
  /** Signature of a token, or a request for the signing keys, after a rotation. */
  'entra.signing-key': 'rotated'
  /** Sign-in of a user to approve a device code. */
  'entra.device': Refusal
  /** Time in the `Date` header. */
  'entra.date': { aheadMs: number }
  'graph.date': { aheadMs: number }

  /** Any request to Graph with a valid token. */
  'graph.request': Disturbance | GraphRefusal
  /** Access token; `bornAt` is the time it was issued. */
  'graph.token': { code: string; notBefore: number }
  /** Availability of the mailbox. */
  'graph.mailbox': GraphRefusal
  /** Position in a delta link; `bornAt` is the time the link was created. */
  'graph.delta': { code: 'resyncRequired' | 'syncStateNotFound' }
  /** Changes in a delta; `bornAt` is the time the link was created, or now for a new round. */
  'graph.delta-news': { since: number }
  /** Write access to the mailbox. */
  'graph.write': GraphRefusal
  /** Message before it is sent; `sizeBytes` is its size. */
  'graph.send': GraphRefusal
  /** Permission to send in the name of another mailbox. */
  'graph.send-as': 'denied'
  /** Message after it was sent. */
  'graph.sent': { copyDelayMs?: number; cut?: boolean }
  /** Subscription, when its client accesses it. */
  'graph.subscription': 'lost'
  /** Change notification before it is queued. */
  'graph.notification': NotificationHabits
  /** Lifecycle event, sent once for each affected subscription when the fault is switched on. */
  'graph.lifecycle': 'missed' | 'subscriptionRemoved' | 'reauthorizationRequired'

  /** New IMAP connection before the greeting. */
  'imap.connection': ImapFault
  /** Greeting and capabilities, which differ between front ends and versions. */
  'imap.variant': 'classic' | 'imap4rev2'
  'imap.sign-in-delay': { ms: number }
  /** IMAP sign-in with a valid token. */
  'imap.sign-in': ImapFault
  /** Error challenge as JSON before the NO for a refused token. */
  'imap.challenge': string
  /** Availability of the mailbox for a valid token. */
  'imap.mailbox': 'not-connected'
  /** Maximum number of sessions per mailbox. */
  'imap.sessions': { most: number }
  /** Any command of a signed-in session. */
  'imap.command': ImapFault
  /** Validity of the token, counted from the sign-in. */
  'imap.token': { afterMs: number }
  /** Idle timeout of a client. */
  'imap.silence': { afterMs: number }
  /** Updates during IDLE. */
  'imap.idle': 'silent'
  /** Special-use attributes in a folder list. */
  'imap.special-use': 'shown'
  /** Additional names in a folder list, in their encoded form. */
  'imap.folder-list': readonly string[]
  /** UIDs of a folder, renumbered when the fault was switched on. */
  'imap.renumbered': { since: number; firstUid: number }
  'imap.uid-validity': 'zero'
  'imap.uid-next': 'missing'
  /** Reported size of a message. */
  'imap.size': (bytes: number) => number
  /** Content of a message: empty, or Exchange's error text in its place. */
  'imap.content': 'nothing' | 'stub'
  /** Number of content bytes after which the connection is cut. */
  'imap.cut': { afterBytes: number }
  'imap.drip': { bytes: number; everyMs: number }

  /** New SMTP connection before the greeting. */
  'smtp.connection': SmtpFault
  /** Capabilities that EHLO omits. */
  'smtp.ehlo': { without: readonly ('AUTH' | 'XOAUTH2' | 'STARTTLS')[] }
  /** Delay of each reply. */
  'smtp.delay': { ms: number }
  /** SMTP sign-in with a valid token for the caller's own mailbox. */
  'smtp.sign-in': SmtpFault
  /** MAIL FROM and RCPT TO; `named` is the address. */
  'smtp.sender': SmtpFault
  'smtp.recipient': SmtpFault
  /** Permission to send in the name of another mailbox: refused at MAIL FROM, or after the message. */
  'smtp.send-as': { at: 'sender' | 'message' }
  /**
   * Number of bytes after which the connection is cut during the message, before its final dot; 0 cuts it in place of
   * `354`.
   */
  'smtp.upload': { afterBytes: number }
  /** Message after its final dot, before it is processed; `sizeBytes` is its size. */
  'smtp.message': SmtpFault
  /** Reply to a message that was accepted. */
  'smtp.taken': SmtpFault
  /** Copy in Sent Items. */
  'smtp.copy': { delayMs: number } | 'none'
}

export type Point = keyof Effects

/** A call and the objects involved. Faults are matched against it. */
export interface Subject {
  /** Readable name of the call: `token (refresh_token)`, `GET /me/messages`. */
  call: string
  tenantId?: string | undefined
  /** User that signs in, or for whom Graph is called. */
  userId?: string | undefined
  /** Home account of the same user, if it differs. */
  homeUserId?: string | undefined
  /** Client id of the application. */
  appId?: string | undefined
  mailboxId?: string | undefined
  /** Creation time of the checked object; used by faults that spare newer objects. */
  bornAt?: number | undefined
  /** Client authentication method. */
  proof?: 'secret' | 'certificate' | undefined
  sizeBytes?: number | undefined
  /** Grant type of the token request. */
  grantType?: string | undefined
  /** `tenant`, or the alias in the address. */
  authority?: 'tenant' | 'common' | 'organizations' | 'consumers' | undefined
  /** True when the user has a second factor. */
  hasSecondFactor?: boolean | undefined
  /** Mailbox as named in the address of the request. */
  named?: string | undefined
  /** Part of Graph that is called. */
  area?: GraphArea | undefined
  /** IMAP command. */
  command?: string | undefined
}

export type GraphArea = 'delta' | 'read' | 'write' | 'send' | 'subscriptions' | 'other'
