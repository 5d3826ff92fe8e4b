import type { ErrorWords, ErrorCode } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId, IncidentId } from '../kernel/ids.ts'

/**
 * Where a failure is caused, and so where it can be ended: our registration, what an organization allows, a person's
 * sign-in, one mailbox, our own side (network, DNS, database), Microsoft itself, or this installation (disk, processes).
 */
export type Cause = 'provider' | 'tenant-policy' | 'person' | 'mailbox' | 'network' | 'microsoft' | 'installation'

/** The one thing that a cause is about. */
export interface Subject {
  /** What people call it; kept when the thing is removed. */
  name: string
  cloudProviderId: CloudProviderId | undefined
  grantId: GrantId | undefined
  emailAccountId: EmailAccountId | undefined
  tenantId: string | undefined
}

export interface IncidentReason extends ErrorWords {
  code: ErrorCode
}

export interface Command {
  /** Where to run it. */
  shell: string
  /** Connects to the right organization first; to be copied as it is. */
  text: string
}

/** What to do, for the person who can, with the real names filled in. */
export interface IncidentWords {
  title: string
  /** What it means, where Microsoft's own code for it is known. */
  cause: string | undefined
  /** What Microsoft calls it: `AADSTS50173`, `ErrorAccessDenied`. */
  said: string | undefined
  /** Who can end it. */
  who: string
  /** Where they go. */
  where: string | undefined
  fix: string
  commands: readonly Command[]
  /** Microsoft's page about its number. */
  lookUpUrl: string | undefined
}

/** What of a mailbox an incident stops. */
export type Affects = 'receiving' | 'sending' | 'both'

export interface AffectedEmailAccount {
  id: EmailAccountId
  /** As they were called when it began: the mailbox may have been removed since. */
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
  reason: IncidentReason
  words: IncidentWords
  /** Measured values and the effect, for a trouble of the installation. */
  detail: string | undefined
  /** Since when it is broken; before `openedAt` where a while is waited first. */
  since: Date
  openedAt: Date
  closedAt: Date | undefined
  /** When people were first told, over whatever road. */
  alertedAt: Date | undefined
  /** When they are told next, as things stand. */
  nextAlertAt: Date | undefined
  reminders: number
  /** How often it came back within ten minutes. */
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

/** One line of the timeline. */
export interface IncidentEntry {
  id: number
  kind: IncidentEntryKind
  at: Date
  /** `joined`, `left`, `opened`: which mailboxes. */
  accounts: readonly { id: EmailAccountId; name: string; address: string }[]
  /** `reason-changed`: from and to, as codes. `acknowledged`: by whom. `alerted`, `reminded`, `all-clear`: to whom. */
  from: string | undefined
  to: string | undefined
  by: string | undefined
  recipients: readonly string[]
}

export interface IncidentDetails extends Incident {
  /** As long as it is open: mailboxes that still run and depend on the same thing. */
  dependent: readonly { id: EmailAccountId; name: string; address: string }[]
  timeline: IncidentEntry[]
}
