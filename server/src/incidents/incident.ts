import type { StateReason } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId, IncidentId } from '../kernel/ids.ts'

/**
 * Cause of a failure, which determines where it can be fixed. Causes:
 *
 * - the registration, the policy of an organization, a user's sign-in, or one mailbox
 * - the local network, including DNS and the database
 * - Microsoft
 * - this installation: disk, processes
 */
export type Cause = 'provider' | 'tenant-policy' | 'person' | 'mailbox' | 'network' | 'microsoft' | 'installation'

/** The object that a cause refers to. */
export interface Subject {
  /** Display name; kept when the object is removed. */
  name: string
  cloudProviderId: CloudProviderId | undefined
  grantId: GrantId | undefined
  emailAccountId: EmailAccountId | undefined
  tenantId: string | undefined
}

export interface Command {
  /** Shell in which to run it. */
  shell: string
  /** Command to copy. It connects to the right organization first. */
  text: string
}

/** Instructions for the person who can fix it, with the real names filled in. */
export interface IncidentWords {
  title: string
  /** Meaning of Microsoft's code, if known. */
  cause: string | undefined
  /** Microsoft's code: `AADSTS50173`, `ErrorAccessDenied`. */
  said: string | undefined
  /** Person who can fix it. */
  who: string
  /** Place where it is fixed. */
  where: string | undefined
  fix: string
  commands: readonly Command[]
  /** URL of Microsoft's page about the number. */
  lookupUrl: string | undefined
}

/** Function that an incident stops: a direction of mail, both, or only mailbox actions. */
export type Affects = 'receiving' | 'sending' | 'both' | 'actions'

export interface AffectedEmailAccount {
  id: EmailAccountId
  /** Name at the start of the incident; the mailbox may have been removed since. */
  name: string
  address: string
  since: Date
  until: Date | undefined
  affects: Affects
}

export interface Incident {
  id: IncidentId
  cause: Cause
  subject: Subject
  reason: StateReason
  words: IncidentWords
  /** Measured values and the effect, for an incident of the installation. */
  detail: string | undefined
  /** Start of the failure; before `openedAt` if the incident opens only after a delay. */
  since: Date
  openedAt: Date
  closedAt: Date | undefined
  /** Time of the first alert, on any channel. */
  alertedAt: Date | undefined
  /** Time of the next alert; may still change. */
  nextAlertAt: Date | undefined
  reminders: number
  /** Number of times the incident came back within ten minutes of its end. */
  reopened: number
  acknowledgedAt: Date | undefined
  acknowledgedBy: string | undefined
  affected: readonly AffectedEmailAccount[]
}

export type IncidentEntryKind =
  | 'opened'
  | 'reopened'
  | 'reason-changed'
  | 'joined'
  | 'left'
  | 'alerted'
  | 'reminded'
  | 'acknowledged'
  | 'closed'
  | 'all-clear'

/** One entry of the timeline. */
export interface IncidentEntry {
  id: number
  kind: IncidentEntryKind
  at: Date
  /** Mailboxes of the entries `joined`, `left` and `opened`. */
  accounts: readonly { id: EmailAccountId; name: string; address: string }[]
  /**
   * `reason-changed`: from and to, as codes. `acknowledged`: the user. `alerted`, `reminded`, `all-clear`: the
   * recipients.
   */
  from: string | undefined
  to: string | undefined
  by: string | undefined
  recipients: readonly string[]
}

export interface IncidentDetails extends Incident {
  /** While the incident is open: mailboxes that still run but depend on the same object. */
  dependent: readonly { id: EmailAccountId; name: string; address: string }[]
  timeline: IncidentEntry[]
}
