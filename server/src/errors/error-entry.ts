/**
 * Who can fix an error. The web UI selects its button by it, and workers their retry policy.
 *
 * - `wait`: no action needed
 * - `sign-in`: the user, by signing in again
 * - `admin`: an admin, with a setting here or at Microsoft
 * - `bug`: a new version of Postkey
 */
export type Remedy = 'wait' | 'sign-in' | 'admin' | 'bug'

/**
 * The faulty part. Incidents group mailboxes with the same cause by it.
 *
 * - `registration`: the app registration in Entra ID, or its copy in the Cloud Provider
 * - `tenant-policy`: a policy, a consent or a license of the organization
 * - `user`: the user who signs in, or the grant
 * - `mailbox`: the mailbox or its rights at the mail server
 * - `account`: the email account in Postkey
 * - `message`: one message
 * - `network`: the network between the servers; Postkey's own network if an admin has to act
 * - `microsoft`: an outage of the service; `throttling`: its limits
 * - `database`, `key`, `installation`: PostgreSQL, the key file, the server and its configuration
 * - `alerts`: the mail relay or webhook that delivers alerts
 * - `us`: Postkey
 * - `request`: the API request, or a step of a sign-in that is late, repeated or unknown; never the reason of a state
 */
export const SCOPES = [
  'registration',
  'tenant-policy',
  'user',
  'mailbox',
  'account',
  'message',
  'network',
  'microsoft',
  'throttling',
  'database',
  'key',
  'installation',
  'alerts',
  'us',
  'request',
] as const

export type Scope = (typeof SCOPES)[number]

/**
 * The step of opening a mailbox that fails. Earlier steps succeeded; later steps are not reached. `authorization` is the
 * attempt to sign in that gives the grant: neither a refresh nor a submission meets its errors.
 */
export type Stage = 'authorization' | 'sign-in' | 'connection' | 'tls' | 'login'

/**
 * Effect of an error on the submission that meets it.
 *
 * - `fail`: the fault is in the message. Its text is kept, and an agent changes it or sends it again.
 * - `wait`: only this message waits. Other messages of the mailbox can still be sent.
 * - `hold-mailbox`: no message of the mailbox can be sent, so all of them wait.
 * - `hold-login`: the server limits the login, so all mailboxes that send with it wait.
 */
export type Effect = 'fail' | 'wait' | 'hold-mailbox' | 'hold-login'

/** The part of an entry that users read. */
export interface ErrorWords {
  /** One line without a full stop. Both texts may contain parameters (`parameters.ts`). */
  title: string
  /** The place to go, the button to press, and the data that is not lost. */
  fix: string
  remedy: Remedy
}

export interface MicrosoftCodes {
  /** AADSTS numbers of Entra ID. */
  entra?: readonly number[]
  /** Error codes of Graph, in Microsoft's spelling. */
  graph?: readonly string[]
  /**
   * Codes that Graph uses with several meanings. The HTTP status decides the error; the code only selects the
   * explanation.
   */
  graphByStatus?: readonly string[]
  /** Names for the sentences of Exchange over IMAP, and response codes (RFC 5530). */
  imap?: readonly string[]
  /** Enhanced status codes of SMTP (RFC 3463). A code with several meanings is followed by its name. */
  smtp?: readonly string[]
}

/** All behavior that depends on the code of an error. */
export type ErrorEntry = Behavior & Faulty

/** The faulty part and step. Errors of requests and of attempts to sign in never change the state of a grant. */
type Faulty =
  | { scope: Scope; stage?: Stage; changesGrant?: false }
  | {
      scope: Exclude<Scope, 'request'>
      /** Absent for errors after the mailbox was opened, and for errors unrelated to opening a mailbox. */
      stage?: Exclude<Stage, 'authorization'>
      /** True if a failed refresh with this error changes the state of the grant, according to `remedy`. */
      changesGrant?: boolean
    }

interface Behavior extends ErrorWords {
  /** HTTP status (RFC 9110 §15.5, §15.6). */
  status: number
  submission: Effect
  /** The error has already lasted when it is detected, so its incident opens and alerts immediately. */
  reportAtOnce?: true
  /** Microsoft's codes with this meaning. Each code belongs to one entry. */
  microsoft?: MicrosoftCodes
  /** Code of Microsoft whose explanation is used when Microsoft's own answer is not stored. */
  explainAs?: number | string
}

/** The entries of one or more rooms. */
export type Entries<Room extends string, More = unknown> = Readonly<Record<`${Room}.${string}`, ErrorEntry & More>>
