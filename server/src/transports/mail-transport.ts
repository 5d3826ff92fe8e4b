import type {
  FolderRole,
  OutgoingAttachment,
  OutgoingMessage,
  RemoteAttachment,
  RemoteFolder,
  RemoteMessage,
  SparseMessage,
} from '../mail/index.ts'
import type { AppError, Scope } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'

/**
 * The only interface for mail: a mailbox on a server, opened by a principal. It has one protocol for reading and one
 * for sending, which may differ. All methods throw only `AppError`.
 */
export interface MailTransport {
  /** Runs all checks that leave the mailbox unchanged. Refusals by the server are results and never thrown. */
  preflight(): Promise<PreflightResult>
  readonly reading: ReadingTransport
  readonly sending: SendingTransport
  /**
   * Returns the other addresses of the mailbox. Absent if the server can't report them.
   *
   * @throws {AppError} if this sign-in has no permission for it
   */
  readonly ownAddresses?: () => Promise<string[]>
  /** Access to drafts of earlier attempts, if another protocol is used for sending now. */
  readonly drafts?: DraftSending
  /**
   * Returns true if the mailbox of the sending principal contains a Sent copy, because some servers store it only
   * there. False if that mailbox is inaccessible. Absent if the mailbox sends as itself.
   *
   * @throws {AppError} if the check has to be repeated later
   */
  readonly hasCopyAtSender?: (messageId: string) => Promise<boolean>
}

export type ReceiveProtocol = 'graph' | 'imap'
export type SendProtocol = 'graph' | 'smtp'

export interface ReadingTransport {
  readonly protocol: ReceiveProtocol

  /**
   * Returns true if this protocol issued the id. Ids of the other protocol are never sent to a server, although the
   * mailbox may have used that protocol until a moment ago.
   */
  owns(remoteId: string): boolean

  /** Returns all folders except hidden ones, parents before children. */
  listFolders(): Promise<RemoteFolder[]>

  /**
   * Returns the changes of a folder since the cursor, page by page. Without a cursor, returns all messages received
   * from `since` on, newest first. Store each page and its cursor in one transaction, and continue after a crash from
   * the last one stored. Ends after the page with `done`.
   */
  changes(folderRemoteId: string, cursor: Cursor | undefined, options: ChangesOptions): AsyncIterable<ChangePage>

  /**
   * Lists the newest messages of a folder without content and drafts. Independent of cursors, so it reveals messages
   * that `changes` holds back. One request.
   */
  newest(folderRemoteId: string, limit: number): Promise<ListedMessage[]>

  /**
   * Lists the newest messages since then with their conversations on the server, without drafts. One request. Absent if
   * the server does not group messages.
   */
  newestThreads?(folderRemoteId: string, options: { since: Date; limit: number }): Promise<NewestThreads>

  /** Takes inventory of the messages received since then, without drafts. Independent of cursors. */
  inventory(folderRemoteId: string, since: Date): Promise<Inventory>

  /**
   * Fetches a whole message; undefined if it is gone. If a move changes the id (IMAP), the message is looked for by
   * `sought`.
   */
  fetchMessage(remoteId: string, lane?: Lane, sought?: Sought): Promise<RemoteMessage | undefined>

  /** Fetches the source of a message as stored on the server (RFC 5322); undefined if it is gone. */
  fetchSource(remoteId: string, lane?: Lane): Promise<Buffer | undefined>

  /**
   * Streams the source, even of a message over the size limit. Throws if it exceeds `maxBytes` or the message is gone.
   */
  streamSource(remoteId: string, options: { maxBytes: number }): AsyncIterable<Uint8Array>

  listAttachments(remoteId: string): Promise<RemoteAttachment[]>

  /** Streams the bytes of an attachment. Throws if it exceeds `maxBytes`. */
  downloadAttachment(
    remoteId: string,
    attachmentRemoteId: string,
    options: { maxBytes: number },
  ): AsyncIterable<Uint8Array>

  /** Finds messages by Message-ID (without `<>`), when their remote id is unknown. */
  findByMessageId(messageId: string, where?: FolderRole): Promise<RemoteMessage[]>

  /** Returns the current path of the folder that `cursor` belongs to. Absent if a rename keeps the id of a folder. */
  renamedFolder?(cursor: Cursor, evidence: RenameEvidence): Promise<string | undefined>

  /** Changes of messages in the mailbox. Only mailbox actions use it. */
  readonly changing?: MessageChanges
  /** Absent if the server has no change notifications. */
  readonly notifications?: Notifications
  /**
   * Watches a folder over an open connection (IDLE, RFC 2177) until `over`, or throws. Absent if not supported. A hint
   * is not a change; only the cursor counts. A folder unchanged since `readTo` gives no hint at the start. The folders
   * of `others` are checked at least once a minute.
   */
  watch?(
    folderRemoteId: string,
    onHint: () => void,
    over: AbortSignal,
    readTo?: Cursor,
    others?: () => Promise<readonly WatchedFolder[]>,
  ): Promise<void>
  close?(): Promise<void>
}

/** Changes of messages in the mailbox. A repetition has no further effect. After `end`, no further request is begun. */
export interface MessageChanges {
  /** Marks messages as read or unread. */
  markSeen(remoteIds: readonly string[], isSeen: boolean, end?: AbortSignal): Promise<ChangeOutcomes>
  /** Moves messages. A message that another program has moved or deleted stays where it is. */
  move(remoteIds: readonly string[], route: MoveRoute, end?: AbortSignal): Promise<ChangeOutcomes>
}

export interface MoveRoute {
  from: string
  to: string
  /** By remote id. Where a move changes ids, they find a message in `to` whose earlier move was not stored. */
  messageIds: ReadonlyMap<string, string>
}

export interface ChangeOutcomes {
  /**
   * By the ids given. None for messages after `stoppedBy` or after the end, and for those of a folder that has to be
   * read again first.
   */
  outcomes: ReadonlyMap<string, ChangeOutcome>
  /** Error that may concern more than one message. */
  stoppedBy?: AppError
  /** Messages of the request that failed with `stoppedBy`. */
  stoppedAt?: readonly string[]
}

/**
 * - `done`: `remoteId` is the id after the change; undefined if the server does not report it
 * - `elsewhere`: another program has moved or deleted the message
 */
export type ChangeOutcome =
  { kind: 'done'; remoteId: string | undefined } | { kind: 'elsewhere' } | { kind: 'failed'; error: AppError }

export interface WatchedFolder {
  remoteId: string
  /** Cursor after the last reading. */
  readTo: Cursor | undefined
}

/** Change notifications. A notification is only a hint; the cursor decides. */
export interface Notifications {
  subscribe(request: NotificationRequest): Promise<RemoteSubscription>
  /** Renews a subscription. Returns undefined if the server no longer has it: subscribe again, then sync. */
  renew(subscriptionRemoteId: string): Promise<RemoteSubscription | undefined>
  /** Call it after the lifecycle event `reauthorizationRequired`, but not within ten minutes of a `renew`. */
  reauthorize(subscriptionRemoteId: string): Promise<void>
  unsubscribe(subscriptionRemoteId: string): Promise<void>
}

export type SendingTransport = DraftSending | MessageSending

/**
 * Sending by drafts: the message is stored in Drafts first and keeps its id in Sent, so its status can always be
 * checked.
 */
export interface DraftSending {
  readonly protocol: 'graph'
  readonly by: 'draft'
  readonly limits: TransportLimits
  /**
   * Time in which the sync of Sent usually files the copy. Only after it, the copy is searched for. Default: 0, an
   * immediate search.
   */
  readonly syncFindsCopyWithinMs?: number

  /**
   * Creates a draft. Store `remoteId` first, then `attach` each of `toAttach` in order, then `sendDraft`. After a
   * crash, delete an incomplete draft and start over; nothing was sent.
   */
  createDraft(message: OutgoingMessage): Promise<RemoteDraft>
  attach(remoteId: string, attachment: OutgoingAttachment): Promise<void>

  /**
   * Sends a draft. After an unclear failure (`AppError.remedy` is `wait`), check `whatBecameOf` and never send a second
   * draft of the same message.
   */
  sendDraft(remoteId: string): Promise<void>

  /**
   * Returns the status of a draft. `underway`: accepted and still in the Outbox, with a late Sent copy. `gone` may be a
   * transition between two folders: check again before notifying a person.
   */
  whatBecameOf(remoteId: string): Promise<'draft' | 'underway' | 'sent' | 'gone'>

  /** Returns the Sent copy of a former draft, with its final Message-ID; undefined until it exists. */
  findSent(remoteId: string): Promise<RemoteMessage | undefined>

  /** Finds drafts by Message-ID (without `<>`), when their remote id is unknown. */
  findDrafts(messageId: string): Promise<readonly { remoteId: string }[]>

  /** Deletes a draft; has no effect if it is gone. Never deletes a sent message. */
  deleteDraft(remoteId: string): Promise<void>
}

/** Sending of whole messages. Only the copy in Sent shows that a message was sent. */
export interface MessageSending {
  readonly protocol: 'smtp'
  readonly by: 'message'
  readonly limits: TransportLimits
  /** Identifies the server and the login. Mailboxes with the same lane share its limits. */
  readonly lane: string

  /** Connects and logs in, then closes the connection without sending anything. @throws {AppError} */
  tryOut(): Promise<void>

  /**
   * Submits a message to the server (RFC 6409), to all recipients or to none. `beforeDot` is awaited when everything
   * except the final dot was sent: if it throws, sending ends there and nothing was sent. An error with
   * `upstream.mayHaveGone` occurred between the dot and the reply: search Sent, and never send again automatically.
   * After any other error, nothing was sent.
   */
  send(mime: Buffer, envelope: Envelope, beforeDot?: () => Promise<void>): Promise<void>

  /**
   * Component that stores the copy in Sent. `perhaps-by-server`: search by Message-ID first, and append a copy if none
   * has appeared within `copyWithinMs`.
   */
  readonly sentCopy: 'by-server' | 'by-us' | 'perhaps-by-server'
  /** Maximum delay of a copy that the server stores itself. After that, Postkey stores one. */
  readonly copyWithinMs: number
  /**
   * Stores a Sent copy and returns it if the server reports its id. Absent if the protocol for reading can't do this.
   */
  readonly appendSent?: (mime: Buffer, at: Date) => Promise<LaidCopy | undefined>
}

/** A copy that Postkey stored in Sent. */
export interface LaidCopy {
  readonly remoteId: string
  /**
   * Removes this copy if Sent contains an older copy of the same message. The oldest copy always stays, so exactly one
   * remains.
   */
  removeIfSecond(messageId: string): Promise<void>
}

/**
 * Envelope of a message.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-2.3.1
 */
export interface Envelope {
  from: string
  to: readonly string[]
}

/** Size limits of the protocol, known before an upload. In bytes before base64. */
export interface TransportLimits {
  /** Maximum size of texts and attachments together. The mailbox may have a lower limit. */
  messageBytes: number
  /** Maximum size of one attachment. */
  attachmentBytes: number
  /** Rate limit of the whole mailbox, if the server has one. */
  messagesPerMinute?: number
}

/** Priority of a task when the budget of a mailbox is exhausted, highest first. */
export type Lane = 'send' | 'sync' | 'import'

/** Reading position in a folder. Opaque JSON: store it unchanged and pass it back. */
export type Cursor = Readonly<Record<string, string | number | boolean | null>>

/** Known properties of a message that left its folder. */
export interface Sought {
  /** Without `<>`. */
  messageId: string | undefined
  /** Folders to search first. */
  folderRemoteIds?: readonly string[]
}

export interface ChangesOptions {
  /** Older messages are not read, but their changes may be reported. */
  since: Date
  /** Default: `import` until the first round is complete, then `sync`. */
  lane?: Lane
  /** Without a cursor: the folder was read before and is read again, as after an invalid cursor. */
  again?: boolean
}

/** A message in a list. */
export interface ListedMessage {
  remoteId: string
  receivedAt: Date
}

/** A message in a list, with its conversation on the server. */
export interface ThreadedListing {
  receivedAt: Date
  remoteConversationId: string
}

/** The newest messages of a folder. `isWhole`: no further message fits the request. */
export interface NewestThreads {
  threads: readonly ThreadedListing[]
  isWhole: boolean
}

export interface RenameEvidence {
  /** Folders on the server that are not synced. `isNew`: not stored before. */
  candidates: readonly { remoteId: string; isNew: boolean }[]
  /** Messages of the missing folder with their Message-IDs (without `<>`), newest first. */
  sample: readonly { remoteId: string; messageId: string }[]
}

export interface Inventory {
  /** Number of messages; undefined if the list costs no more than a count. */
  count: number | undefined
  /** Returns the ids of all messages. Servers that compare days only may include some older ones. */
  list(): Promise<ReadonlySet<string>>
  /** Returns those ids, all missing in the list, that are confirmed to have left the folder. */
  leftOf(remoteIds: readonly string[]): Promise<string[]>
  /** Fetches whole messages by ids from the list, if received since then. */
  fetch(remoteIds: readonly string[]): AsyncIterable<RemoteMessage>
}

export interface ChangePage {
  /** A message may occur more than once; the last occurrence counts. */
  upserts: readonly (RemoteMessage | SparseMessage)[]
  /** Messages that left this folder: deleted or moved. */
  removed: readonly string[]
  /**
   * Returns true for a message that left this folder. Used if the server reports ranges, or only the remaining
   * messages.
   */
  left?: (remoteId: string) => boolean
  /** Cursor to continue from once this page is stored. */
  cursor: Cursor
  /**
   * True if the cursor was invalid and the folder is read again from the start. Messages of the folder not reported up
   * to the page with `done` have left it. This is routine and not shown to people.
   */
  reset: boolean
  /** True on the first page after the cursor became invalid: the folder starts over, perhaps repeatedly. */
  restarts: boolean
  /** On the last page: time to read the folder again, because the comparison of flags was postponed. */
  againAt?: Date
  /** True in the first reading of a folder and in the first one after a reset. */
  firstRound: boolean
  done: boolean
}

export interface RemoteDraft {
  remoteId: string
  /** Attachments too large for the draft request. */
  toAttach: readonly OutgoingAttachment[]
}

export interface PreflightCheck {
  what: 'exists' | 'reads' | 'writes' | 'sends'
  outcome: 'ok' | 'wrong' | 'not-tried'
  /** With `wrong`: code of the error catalogue. With `not-tried`: the reason. */
  code?: string
  /** Faulty part, from the entry of the code. */
  scope?: Scope
  title?: string
  fix?: string
  /** Detail for people, such as the certificate that the server presented. */
  detail?: string
  /** With `not-tried`: earliest time of the next request, as demanded by the server. */
  retryAt?: Date
}

export interface PreflightResult {
  checks: readonly PreflightCheck[]
}

export interface NotificationRequest {
  notificationUrl: string
  lifecycleNotificationUrl: string
  /** Secret repeated in every notification: random, one per subscription, compared in constant time. */
  clientState: Secret
  /** Default: the whole mailbox. */
  folderRemoteId?: string
}

export interface RemoteSubscription {
  remoteId: string
  expiresAt: Date
}
