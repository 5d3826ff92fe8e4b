import type { ErrorCode, Remedy, Upstream } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, FolderId, GrantId } from '../kernel/ids.ts'
import type { FolderRole } from '../mail/index.ts'
import type { MailServers, PreflightLight, Principal, ReadingRoad, SendingRoad } from '../transports/index.ts'
import type { AutomaticReply } from './automatic-reply.ts'
import type { Alias } from './alias.ts'

export type EmailAccountState =
  'connecting' | 'importing' | 'connected' | 'degraded' | 'needs-sign-in' | 'needs-admin' | 'paused'

/** One mailbox that we read and send for. */
export interface EmailAccount {
  id: EmailAccountId
  /** Short name, at most five letters and digits. */
  key: string
  name: string
  address: string
  /** Its other addresses. */
  aliases: readonly Alias[]
  kind: 'user' | 'shared'
  /** Who is told when it breaks. */
  contact: string
  /** Undefined where the mailbox is opened with a password. */
  cloudProviderId: CloudProviderId | undefined
  /** Defined where it is. */
  servers: MailServers | undefined
  principal: Principal
  /** Who opens the mailbox when the principal cannot any more. */
  standBy: StandBy | undefined
  receivesBy: ReadingRoad
  sendsBy: SendingRoad
  /** Why it is these roads. */
  roadReasons: { receives: RoadReason; sends: RoadReason }
  /** With which it answers new mail by itself; undefined where it never did. */
  automaticReply: AutomaticReply | undefined
  importFrom: Date
  /** Junk is looked at for answers to what we wrote, where it is not read as a whole. */
  watchesJunk: boolean
  /** Mail of the same people with the same subject joins a conversation, when nothing else leads anywhere. */
  joinsBySubject: boolean
  /** The mail server whose word about senders counts (RFC 8601); Microsoft names nobody, and needs none. */
  trustedAuthServId: string | undefined
  /** Where sent mail is stored on an IMAP server, as an admin chose; undefined: found by its mark or its name. */
  sentFolderRemoteId: string | undefined
  state: EmailAccountState
  /** Why, as long as the state is not a good one. */
  reason: StateReason | undefined
  /** What Microsoft said when it came about. */
  said: Upstream | undefined
  stateSince: Date
  nextTryAt: Date | undefined
  attempts: number
  dueAt: Date
  /** Everything that the server had by then is here. */
  completeUpTo: Date | undefined
  lastReceivedAt: Date | undefined
  lastSentAt: Date | undefined
  preflight: Preflight | undefined
  /** How we hear of new mail: told by the server, or asking in turns. */
  push: NewMailDetection
  createdAt: Date
}

export interface StandBy {
  grantId: GrantId
  /** When it was last seen whether they could open the mailbox. */
  checkedAt: Date | undefined
  /** What kept them out at that time. */
  reason: StateReason | undefined
  /** At work, and the principal: in the place of this grant. */
  insteadOf: GrantId | undefined
}

export interface StateReason {
  code: ErrorCode
  title: string
  remedy: Remedy
  fix: string
}

export interface Preflight {
  checkedAt: Date
  lights: readonly PreflightLight[]
}

export interface NewMailDetection {
  state: 'active' | 'polling' | 'failed'
  /** Why it is not active. */
  reason: StateReason | undefined
}

/** A folder of the server as we know it. */
export interface SyncedFolder {
  id: FolderId
  emailAccountId: EmailAccountId
  remoteId: string
  name: string
  role: FolderRole | undefined
  synced: boolean
  remoteTotal: number | undefined
  importedCount: number
  /** The first reading came to its end. */
  imported: boolean
  completeUpTo: Date | undefined
}

/** Why a mailbox is read, or sent from, on its road. */
export interface RoadReason {
  kind: 'usual' | 'chosen' | 'other-closed' | 'only'
  words: string
  /** What closed the other road, and how it is opened again. */
  reason: StateReason | undefined
}
