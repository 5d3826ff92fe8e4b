/**
 * Expected result of each fault of the sandbox in Postkey: reported, with the person who can fix it, or absorbed, with
 * the reason.
 */
import type { CatalogueFault } from './control-panel.ts'

export interface Plan {
  outcome: 'reported' | 'absorbed'
  /** Reason why no one is notified. */
  why?: string
  /**
   * Trigger of the fault: keeping the mailbox connected, a sign-in in a browser or with a code, or a check of the
   * registration by an admin.
   */
  metBy: 'mailbox' | 'sign-in' | 'code' | 'check'
  /** Place of the report: the connection state, or the queued or failed message. */
  reportedAt: 'state' | 'mail'
  /** Remedy at Microsoft. `nothing`: following the texts of Postkey is enough. */
  endedBy: 'switch' | 'new-secret' | 'admin-consent' | 'nothing'
  kind: 'user' | 'shared'
  accountTypes?: 'multitenant'
  /** Protocols by which the mailbox is read and sent from; Graph when absent. */
  protocols?: { receivesBy?: 'imap'; sendsBy?: 'smtp' }
  /** The fault shows before a mailbox is known: all mailboxes of its protocol would meet it, so it runs alone. */
  isAlone?: true
  /** Credential kind of the Cloud Provider; a secret when absent. */
  proof?: 'certificate'
  /** Consent of the application: by an admin for all users, or by the user only. */
  consentOf?: 'person'
  /** `false`: shows only for actions that Postkey never does. */
  isShown?: false
  options?: Readonly<Record<string, unknown>>
  /** New mail is shown as a message that the server does not hand out. */
  isHeldBack?: true
  /** Outgoing mail switches to Graph immediately: the page of the mailbox shows the reason, and no incident opens. */
  switchesToGraph?: true
  /** Another fault that is required for this one to show. */
  beside?: string
  /** No response shows this fault by itself; a check in these intervals finds it, which counts as noticed in time. */
  lookedForEveryMs?: number
}

const MINUTE_MS = 60_000
/** Once an hour, a second check a minute later, and the next step of the clock. */
const CHECK_PAST_CURSOR_MS = 62 * MINUTE_MS
/** Microsoft informs the user; the device only learns that its code was not used in time. */
const CODE_LASTS_MS = 17 * MINUTE_MS

const ABSORBED: Readonly<Record<string, string>> = {
  'user-consent-admin-only': 'existing consents stay valid, and no user signs in again',
  'no-refresh-token': 'Postkey keeps the old refresh token when a response contains no new one (RFC 6749 §6)',
  'single-tenant-application':
    'existing grants are refreshed at the address of their tenant; Microsoft shows the error to users that sign in again',
  'discovery-down': 'existing grants need no discovery, and the registration check continues without it',
  'strict-rotation': 'Postkey uses each refresh token only once',
  'short-access-tokens': 'Postkey refreshes access tokens more often',
  'opaque-access-tokens': 'Postkey does not parse access tokens',
  'signing-key-rotated': 'Postkey reloads the keys when a token is signed with an unknown key',
  'entra-clock-skew': 'Postkey counts lifetimes from the time of its request',
  'graph-clock-skew': 'Postkey reads Retry-After as a number of seconds',
  'claims-challenge': 'Postkey sends the claims to the token endpoint and repeats the call',
  'delta-expired': 'the folder is read again without notifications about known mail',
  'delta-stuck': 'the hourly check past the cursor detects it, and the folder is read again without notifications',
  'sent-copy-late': 'the message counts as handed over, and Postkey searches for the copy',
  'subscription-lost': 'Postkey creates a new subscription and polls the mailbox meanwhile',
  'notifications-dropped': 'Postkey also polls the mailbox every five minutes',
  'notifications-duplicated': 'notifications only trigger a read, and the cursor decides which messages are new',
  'notifications-delayed': 'Postkey also polls the mailbox every five minutes',
  'client-state-wrong': 'Postkey ignores notifications without the correct client state',
  'lifecycle-missed': 'Postkey polls the mailbox immediately',
  'lifecycle-subscription-removed': 'Postkey creates a new subscription',
  'lifecycle-reauthorization-required': 'Postkey reauthorizes the subscription',
  'imap-slow-sign-in': 'sign-in has a long time limit',
  'imap-token-expired': 'the next connection uses a new token',
  'imap-impatient': 'Postkey reconnects after the server closes a connection',
  'imap-idle-silent': 'Postkey also polls the mailbox every few minutes',
  'imap-uid-validity': 'the folder is read again without notifications about known mail',
  'imap-uid-next-missing': 'Postkey does not use UIDNEXT',
  'imap-variant': 'Postkey uses only capabilities that both variants offer',
  'imap-special-use': 'Postkey recognizes folders by their special use or by their names',
  'imap-folder-names': 'Postkey shows an undecodable name unchanged',
  'imap-sizes-wrong': 'Postkey counts the received bytes',
  'imap-message-damaged':
    'Postkey shows the message as unavailable from the server and receives other messages as before',
  'imap-uid-validity-zero': 'the folder is read again without notifications about known mail',
  'smtp-slow': 'replies have a time limit of several minutes',
  'smtp-hangs': 'a server has ten minutes to reply (RFC 5321 §4.5.3.2.6); Postkey notifies users after that',
  'smtp-no-greeting': 'a server has five minutes to greet (RFC 5321 §4.5.3.2.1); Postkey notifies users after that',
  'smtp-answer-lost': 'the copy in Sent proves that the message was sent',
  'smtp-421-after-dot': 'the copy in Sent proves that the message was sent',
  'smtp-sent-copy-late': 'the message counts as handed over, and Postkey searches for the copy',
  'smtp-no-sent-copy': 'the message counts as sent when the server accepts it',
}

/** Faults of sending; the mailbox is read as before. */
const OF_MAIL = ['mailbox-full', 'send-as-withdrawn', 'send-limit', 'message-size', 'send-answer-lost']

const SPECIAL: Readonly<Record<string, Partial<Plan>>> = {
  'user-consent-admin-only': { metBy: 'sign-in', consentOf: 'person' },
  'device-code-blocked': { metBy: 'code', lookedForEveryMs: CODE_LASTS_MS },
  'certificate-unknown': { proof: 'certificate' },
  'single-tenant-application': { metBy: 'sign-in', accountTypes: 'multitenant' },
  'discovery-down': { metBy: 'check' },
  'strict-rotation': { isShown: false },
  'redirect-uri-mismatch': { metBy: 'check' },
  'secret-expired': { endedBy: 'new-secret' },
  'secret-wrong': { endedBy: 'new-secret' },
  'consent-withdrawn': { endedBy: 'admin-consent' },
  'need-admin-approval': { endedBy: 'admin-consent' },
  'full-access-withdrawn': { kind: 'shared' },
  'send-as-withdrawn': { kind: 'shared' },
  'delta-silent': { lookedForEveryMs: CHECK_PAST_CURSOR_MS },
  'send-limit': { options: { retryAfterSeconds: 600 } },
  'message-size': { options: { bytes: 100 } },
  'sent-copy-late': { options: { seconds: 600 } },
  'imap-too-many-sessions': { options: { most: 0 } },
  'imap-message-damaged': { isHeldBack: true },
  // In real time, and over before the clock continues: a jump in between would make it a sign-in of thirty hours.
  'imap-slow-sign-in': { options: { seconds: 2 } },
  // Only a refused client receives the reason.
  'imap-error-challenge': { beside: 'imap-authenticate-failed' },
  'smtp-auth-off-mailbox': { switchesToGraph: true },
  'smtp-auth-off-tenant': { switchesToGraph: true },
  'smtp-send-as-denied': { kind: 'shared' },
  'smtp-message-size': { options: { bytes: 100 } },
  'smtp-connection-cut': { options: { at: 'MAIL FROM' } },
}

export function createPlan({ name, part, scopes, sparesNewer }: CatalogueFault): Plan {
  const why = ABSORBED[name]
  const isOfMail = (part === 'smtp' && why === undefined) || OF_MAIL.includes(name)
  return {
    outcome: why === undefined ? 'reported' : 'absorbed',
    ...(why !== undefined && { why }),
    metBy: 'mailbox',
    reportedAt: isOfMail ? 'mail' : 'state',
    endedBy: sparesNewer ? 'nothing' : 'switch',
    kind: 'user',
    ...(part === 'imap' && { protocols: { receivesBy: 'imap' } }),
    ...(part === 'smtp' && { protocols: { sendsBy: 'smtp' } }),
    ...((part === 'imap' || part === 'smtp') && scopes.length === 0 && { isAlone: true }),
    ...SPECIAL[name],
  }
}
