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
  'user-consent-admin-only': 'consents given before go on, and nobody signs in anew',
  'no-refresh-token': 'a refresh without a new refresh token keeps the old one (RFC 6749 §6)',
  'single-tenant-application':
    'who is signed in is renewed at the address of the own tenant; who signs in anew reads it at Microsoft',
  'discovery-down': 'who is signed in needs no discovery, and a check of the registration goes on without it',
  'strict-rotation': 'no refresh token is used twice',
  'short-access-tokens': 'they are renewed more often',
  'opaque-access-tokens': 'nobody looks into them',
  'signing-key-rotated': 'keys are read again when an unknown one signed',
  'entra-clock-skew': 'lifetimes are counted from when we asked',
  'graph-clock-skew': 'Retry-After is counted in seconds',
  'claims-challenge': 'the claims are sent to the token endpoint, and the call is made again',
  'delta-expired': 'the folder is read again in silence, and known mail is no news',
  'delta-stuck': 'the hourly check past the cursor finds it, and the folder is read again in silence',
  'sent-copy-late': 'the message counts as handed over, and the copy is looked for',
  'subscription-lost': 'it is made anew, and the mailbox is asked meanwhile',
  'notifications-dropped': 'the mailbox is asked every five minutes all the same',
  'notifications-duplicated': 'a notification is a hint, and the cursor is the truth',
  'notifications-delayed': 'the mailbox is asked every five minutes all the same',
  'client-state-wrong': 'whoever does not know the secret is not listened to',
  'lifecycle-missed': 'the mailbox is asked at once',
  'lifecycle-subscription-removed': 'it is made anew',
  'lifecycle-reauthorization-required': 'it is authorized again',
  'imap-slow-sign-in': 'signing in may take its time',
  'imap-token-expired': 'the next connection has a fresh token',
  'imap-impatient': 'a connection that was closed is opened again',
  'imap-idle-silent': 'the mailbox is asked every few minutes all the same',
  'imap-uid-validity': 'the folder is read again in silence, and known mail is no news',
  'imap-uid-next-missing': 'nobody goes by it',
  'imap-variant': 'only what both offer is used',
  'imap-special-use': 'folders are known by what they are for, or by their names',
  'imap-folder-names': 'a name that cannot be read is shown as it came',
  'imap-sizes-wrong': 'bytes are counted as they come',
  'imap-message-damaged': 'the message is shown as one that the server does not hand out, and others come as before',
  'imap-uid-validity-zero': 'the folder is read again in silence, and known mail is no news',
  'smtp-slow': 'answers may take minutes',
  'smtp-hangs': 'a server has ten minutes to answer (RFC 5321 §4.5.3.2.6); people are told when they are over',
  'smtp-no-greeting': 'a server has five minutes to greet (RFC 5321 §4.5.3.2.1); people are told when they are over',
  'smtp-answer-lost': 'the copy in Sent tells that it has gone',
  'smtp-421-after-dot': 'the copy in Sent tells that it has gone',
  'smtp-sent-copy-late': 'the message counts as handed over, and the copy is looked for',
  'smtp-no-sent-copy': 'the message was taken, and that is what counts',
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
