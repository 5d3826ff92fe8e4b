import type { StateReason, Upstream } from '../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, FolderId, GrantId } from '../kernel/ids.ts'
import type { FolderRole } from '../mail/index.ts'
import type { MailServers, PreflightCheck, Principal, ReceiveProtocol, SendProtocol } from '../transports/index.ts'
import type { AutomaticReply } from './automatic-reply.ts'
import type { Alias } from './alias.ts'

export type EmailAccountState =
  'connecting' | 'importing' | 'connected' | 'degraded' | 'needs-sign-in' | 'needs-admin' | 'paused'

/** One connected mailbox, whose mail Postkey receives and sends. */
export interface EmailAccount {
  id: EmailAccountId
  /** Short name, at most five letters and digits. */
  key: string
  name: string
  address: string
  /** Additional addresses of the mailbox. */
  aliases: readonly Alias[]
  kind: 'user' | 'shared'
  /** Address that is notified about failures. */
  contact: string
  /** `undefined` for a mailbox with a password. */
  cloudProviderId: CloudProviderId | undefined
  /** Mail servers of a mailbox with a password; otherwise `undefined`. */
  servers: MailServers | undefined
  principal: Principal
  /** Backup sign-in, used when the principal can no longer open the mailbox. */
  backupSignIn: BackupSignIn | undefined
  receivesBy: ReceiveProtocol
  sendsBy: SendProtocol
  /** Reasons for the current receive protocol and send protocol. */
  protocolReasons: { receives: ProtocolReason; sends: ProtocolReason }
  /** Automatic reply to new mail; `undefined` if it was never set. */
  automaticReply: AutomaticReply | undefined
  importFrom: Date
  /** Conversations of an import without mail from this time on arrive closed and read. `undefined`: all arrive open. */
  importClosesBefore: Date | undefined
  /** If the junk folder is not synced, it is searched for replies to sent mail. */
  watchesJunk: boolean
  /**
   * Adds mail with the same participants and subject to an existing conversation when it has no matching reply headers.
   */
  joinsBySubject: boolean
  /** New messages are written without formatting. */
  writesPlainText: boolean
  /** Time zone (IANA) of dates above quotations. `undefined`: that of the author. */
  timeZone: string | undefined
  /** An answer assigns an unassigned conversation to its author. */
  assignsSender: boolean
  /** Mail server whose sender verification is trusted (RFC 8601). `undefined` for Microsoft, which does not need it. */
  trustedAuthServId: string | undefined
  /** Folder for sent mail on an IMAP server, chosen by an admin. `undefined`: found by its special use or its name. */
  sentFolderRemoteId: string | undefined
  state: EmailAccountState
  /** Reason for a state that needs attention, otherwise `undefined`. */
  reason: StateReason | undefined
  /** Microsoft's response that caused the state. */
  said: Upstream | undefined
  stateSince: Date
  nextTryAt: Date | undefined
  attempts: number
  dueAt: Date
  /** All mail that the server had at this time is stored. */
  completeUpTo: Date | undefined
  lastReceivedAt: Date | undefined
  lastSentAt: Date | undefined
  preflight: Preflight | undefined
  /** New-mail detection: notifications from the server, or polling. */
  push: NewMailDetection
  createdAt: Date
}

export interface BackupSignIn {
  grantId: GrantId
  /** Time of the last check whether the backup can open the mailbox. */
  checkedAt: Date | undefined
  /** Reason for a failure of that check. */
  reason: StateReason | undefined
  /** Grant that the active backup replaces as principal; `undefined` while the backup is not in use. */
  insteadOf: GrantId | undefined
}

export interface Preflight {
  checkedAt: Date
  checks: readonly PreflightCheck[]
}

export interface NewMailDetection {
  state: 'active' | 'polling' | 'failed'
  /** Reason why it is not active. */
  reason: StateReason | undefined
}

/** A folder of the server as stored in Postkey. */
export interface SyncedFolder {
  id: FolderId
  emailAccountId: EmailAccountId
  remoteId: string
  name: string
  role: FolderRole | undefined
  synced: boolean
  remoteTotal: number | undefined
  importedCount: number
  /** True once the first read has finished. */
  imported: boolean
  completeUpTo: Date | undefined
}

/** Reason for the receive protocol or send protocol of a mailbox. */
export interface ProtocolReason {
  kind: 'usual' | 'chosen' | 'other-closed' | 'only'
  words: string
  /** Reason why the other protocol is not available, with its fix. */
  reason: StateReason | undefined
}
