/**
 * Who can solve an error. The web UI picks its button by this, and retries their pace.
 *
 * `wait`: solved without anyone. `sign-in`: the user, by signing in again. `admin`: a setting here or at Microsoft.
 * `bug`: a new version of Postkey.
 */
export type Remedy = 'wait' | 'sign-in' | 'admin' | 'bug'

/**
 * The faulty part, at which incidents gather mailboxes with the same cause.
 *
 * - `registration`: the app registration in Entra ID, or its copy in the Cloud Provider
 * - `tenant-policy`: a policy, a consent or a license of the organization
 * - `user`: the user who signs in, or the grant
 * - `mailbox`: the mailbox or its rights at the mail server
 * - `account`: the email account in Postkey
 * - `message`: one message
 * - `network`: the network between; that of Postkey where an admin has to act
 * - `microsoft`: an outage of the service; `throttling`: its limits
 * - `database`, `key`, `installation`: PostgreSQL, the key file, the server and its configuration
 * - `alerts`: the mail relay or webhook that delivers alerts
 * - `us`: Postkey
 * - `request`: the API request or the sign-in attempt that the error answers; never the reason of a stored state
 */
export type Scope =
  | 'registration'
  | 'tenant-policy'
  | 'user'
  | 'mailbox'
  | 'account'
  | 'message'
  | 'network'
  | 'microsoft'
  | 'throttling'
  | 'database'
  | 'key'
  | 'installation'
  | 'alerts'
  | 'us'
  | 'request'

/** The step of opening a mailbox that fails. Later steps are not reached; earlier steps succeeded. */
export type Stage = 'sign-in' | 'connection' | 'tls' | 'login'

/**
 * Effect on a submission whose attempt meets the error.
 *
 * - `fail`: the fault is in the message. Its text is kept, and an agent changes it or sends it again.
 * - `wait`: only this message waits; others of the mailbox may go out meanwhile.
 * - `hold-mailbox`: no message of the mailbox would go out, so all of them wait.
 * - `hold-login`: the server limits the login, so all mailboxes that send with it wait.
 */
export type Effect = 'fail' | 'wait' | 'hold-mailbox' | 'hold-login'

/** The part of an entry that users read. */
export interface ErrorWords {
  /** One line without a full stop. Parameters (`parameters.ts`) are possible in both texts. */
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
  /** Codes that Graph sends with several meanings: the HTTP status decides, the code only chooses the explanation. */
  graphByStatus?: readonly string[]
  /** Names for the sentences of Exchange's IMAP, and response codes (RFC 5530). */
  imap?: readonly string[]
  /** Enhanced status codes of SMTP (RFC 3463), with the name beside those that have several meanings. */
  smtp?: readonly string[]
}

/** Everything that Postkey decides by the code of an error. */
export interface ErrorEntry extends ErrorWords {
  scope: Scope
  /** Absent for errors after the mailbox was opened, and for those that have nothing to do with opening one. */
  stage?: Stage
  /** HTTP status (RFC 9110 §15.5, §15.6). */
  status: number
  submission: Effect
  /** A failed refresh with this error changes the state of the grant, by `remedy`. */
  changesGrant?: boolean
  /** The error has lasted by the time it is found: its incident opens and alerts at once. */
  reportAtOnce?: true
  /** Codes of Microsoft with this meaning. Each belongs to one entry. */
  microsoft?: MicrosoftCodes
  /** The code of Microsoft whose explanation fits when Microsoft's own answer is not stored. */
  explainAs?: number | string
}

/** The entries of one or more rooms. */
export type Entries<Room extends string, More = unknown> = Readonly<Record<`${Room}.${string}`, ErrorEntry & More>>
