import type {
  FolderRole,
  OutgoingAttachment,
  OutgoingMessage,
  RemoteAttachment,
  RemoteFolder,
  RemoteMessage,
  SparseMessage,
} from '../mail/index.ts'
import type { Secret } from '../kernel/secret.ts'

/**
 * The one interface through which all mail moves: a mailbox of a server, opened by somebody who may. It is read by one
 * road and sent from by one, which need not be the same. Every method throws only `AppError`.
 */
export interface MailTransport {
  /** Tries what can be tried without leaving a trace in the mailbox. Never throws for what the server refuses. */
  preflight(): Promise<PreflightResult>
  readonly reading: ReadingTransport
  readonly sending: SendingTransport
  /**
   * The other addresses of the mailbox, as the server names them. Absent where servers do not.
   *
   * @throws {AppError} where this sign-in may not ask
   */
  readonly ownAddresses?: () => Promise<string[]>
  /** Where drafts of earlier attempts may lie though mail is sent on another road now. */
  readonly drafts?: DraftSending
  /**
   * Whether a copy of what was handed over whole lies with the person who did that, where that is not the mailbox: a
   * server may keep it there and nowhere else. False where that place is closed to us. Absent where the mailbox sends as
   * itself.
   *
   * @throws {AppError} where it can be asked later
   */
  readonly hasCopyAtSender?: (messageId: string) => Promise<boolean>
}

export type ReadingRoad = 'graph' | 'imap'
export type SendingRoad = 'graph' | 'smtp'

export interface ReadingTransport {
  readonly road: ReadingRoad

  /**
   * Whether a message's id was given by this road. One of the other road is never handed to a server: a mailbox may have
   * been read by the other one until a moment ago.
   */
  owns(remoteId: string): boolean

  /** All folders, parents before children, hidden ones left out. */
  listFolders(): Promise<RemoteFolder[]>

  /**
   * What changed in a folder since the cursor, page by page; without a cursor all that was received since `since`,
   * newest first. Store each page and its cursor in one transaction: after a crash, go on from the last one stored.
   * Ends after the page that is `done`.
   */
  changes(folderRemoteId: string, cursor: Cursor | undefined, options: ChangesOptions): AsyncIterable<ChangePage>

  /**
   * The newest messages of a folder, without their content and without drafts: asked past every cursor, so that what
   * `changes` holds back shows itself. One request.
   */
  newest(folderRemoteId: string, limit: number): Promise<ListedMessage[]>

  /** What lies in a folder of what was received since then, without drafts: asked past every cursor, too. */
  inventory(folderRemoteId: string, since: Date): Promise<Inventory>

  /**
   * One whole message, or undefined when it is not there any more. Where ids do not stay with a message when it is moved
   * (IMAP), it is looked for by what is `sought`.
   */
  fetchMessage(remoteId: string, lane?: Lane, sought?: Sought): Promise<RemoteMessage | undefined>

  /** The source of a message as the server keeps it (RFC 5322); undefined when it is not there any more. */
  fetchSource(remoteId: string, lane?: Lane): Promise<Buffer | undefined>

  /**
   * The same as it comes, of messages that are too large to be held as well; ends with an error when there are more than
   * `maxBytes`, or when it is not there any more.
   */
  streamSource(remoteId: string, options: { maxBytes: number }): AsyncIterable<Uint8Array>

  listAttachments(remoteId: string): Promise<RemoteAttachment[]>

  /** The bytes as they come; ends with an error when there are more than `maxBytes`. */
  downloadAttachment(
    remoteId: string,
    attachmentRemoteId: string,
    options: { maxBytes: number },
  ): AsyncIterable<Uint8Array>

  /** Messages with that Message-ID (without `<>`), for what was created without our learning its id. */
  findByMessageId(messageId: string, where?: FolderRole): Promise<RemoteMessage[]>

  /**
   * The folder that `cursor` belongs to, under the name that it has now. Absent where the id of a folder survives a rename.
   */
  renamedFolder?(cursor: Cursor, evidence: RenameEvidence): Promise<string | undefined>

  /** Absent where the server cannot tell of changes by itself. */
  readonly notifications?: Notifications
  /**
   * Absent where the server has no connection to hold (IDLE, RFC 2177). Ends with `over`, or throws. A hint is no
   * change: the cursor is the truth. A folder that is as it was read to (`readTo`) is worth none at the beginning.
   * The folders of `others` are asked for changes at least once a minute.
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

export interface WatchedFolder {
  remoteId: string
  /** Its cursor after the last reading. */
  readTo: Cursor | undefined
}

/** The server tells us of changes. A notification is a hint, the cursor is the truth. */
export interface Notifications {
  subscribe(request: NotificationRequest): Promise<RemoteSubscription>
  /** Undefined when the server does not know it any more: subscribe anew, then sync. */
  renew(subscriptionRemoteId: string): Promise<RemoteSubscription | undefined>
  /** After the lifecycle event `reauthorizationRequired`; not within ten minutes of a `renew`. */
  reauthorize(subscriptionRemoteId: string): Promise<void>
  unsubscribe(subscriptionRemoteId: string): Promise<void>
}

export type SendingTransport = DraftSending | MessageSending

/** The message is laid into Drafts first and keeps its id in Sent: what became of it can always be asked. */
export interface DraftSending {
  readonly road: 'graph'
  readonly by: 'draft'
  readonly limits: TransportLimits

  /**
   * Lays a message into Drafts. Store `remoteId` before anything else, then `attach` each of `toAttach` in order, then
   * `sendDraft`. Whoever finds a draft half attached after a crash deletes it and begins again: nothing was sent.
   */
  createDraft(message: OutgoingMessage): Promise<Draft>
  attach(remoteId: string, attachment: OutgoingAttachment): Promise<void>

  /**
   * Hands the draft over. After an unclear failure (`AppError.remedy` is `wait`) ask `whatBecameOf` and never send a
   * second draft of the same message.
   */
  sendDraft(remoteId: string): Promise<void>

  /**
   * Where the message with that id is now. `underway`: handed over, it lies in the Outbox and its Sent copy is late.
   * `gone` may be a moment between two folders: ask again before a person is told.
   */
  whatBecameOf(remoteId: string): Promise<'draft' | 'underway' | 'sent' | 'gone'>

  /** The Sent copy of what was a draft, with the Message-ID that it really went out with; undefined while it is late. */
  findSent(remoteId: string): Promise<RemoteMessage | undefined>

  /** Drafts with that Message-ID (without `<>`), for what was created without our learning its id. */
  findDrafts(messageId: string): Promise<readonly { remoteId: string }[]>

  /** Nothing happens when it is gone already. Refuses to delete what was sent. */
  deleteDraft(remoteId: string): Promise<void>
}

/** The message is handed over whole. What became of it can only be seen by its copy in Sent. */
export interface MessageSending {
  readonly road: 'smtp'
  readonly by: 'message'
  readonly limits: TransportLimits
  /** Names the server and the login. Mailboxes that send with it share its limits. */
  readonly lane: string

  /** Connects and is let in; sends nothing, and keeps no connection. @throws {AppError} */
  tryOut(): Promise<void>

  /**
   * Hands the message over to the server that sends it (RFC 6409), to all recipients or to none. `beforeDot` is awaited
   * when all of it was handed over but its end: whatever it throws ends it there, and nothing was sent. An error with
   * `upstream.mayHaveGone` came after the end was sent and before an answer was read: ask Sent, and never send a second
   * time by yourself. After any other error nothing was sent.
   */
  send(mime: Buffer, envelope: Envelope, beforeDot?: () => Promise<void>): Promise<void>

  /**
   * Who lays the copy into Sent. `perhaps-by-server`: look for it by Message-ID first, and append it when it has not
   * appeared within `copyWithinMs`.
   */
  readonly sentCopy: 'by-server' | 'by-us' | 'perhaps-by-server'
  /** Maximum delay of a copy that the server stores itself. After that Postkey stores one. */
  readonly copyWithinMs: number
  /**
   * Absent where the road by which the mailbox is read cannot store a message as sent. Answers with what was laid, where
   * the server tells.
   */
  readonly appendSent?: (mime: Buffer, at: Date) => Promise<LaidCopy | undefined>
}

/** A copy that we laid into Sent. */
export interface LaidCopy {
  /**
   * Takes it away again when an older copy of the same message lies beside it; nothing else is ever taken away. Whoever
   * laid the older one keeps it, so that of any number one stays.
   */
  removeIfSecond(messageId: string): Promise<void>
}

/** @see https://www.rfc-editor.org/rfc/rfc5321#section-2.3.1 */
export interface Envelope {
  from: string
  to: readonly string[]
}

/** What a message may weigh on this road, known before anything is uploaded. Bytes as they are, before base64. */
export interface TransportLimits {
  /** Texts and attachments together. The mailbox may have been given less. */
  messageBytes: number
  /** One attachment. */
  attachmentBytes: number
  /** Of the whole mailbox, where the server counts. */
  messagesPerMinute?: number
}

/** Who is served first when a mailbox has more to do than it may at a time. */
export type Lane = 'send' | 'sync' | 'import'

/** Where to go on reading a folder. Opaque and JSON: keep it as it is and give it back. */
export type Cursor = Readonly<Record<string, string | number | boolean | null>>

/** What is known of a message that left its folder. */
export interface Sought {
  /** Without `<>`. */
  messageId: string | undefined
  /** Where it may be, before others. */
  folderRemoteIds?: readonly string[]
}

export interface ChangesOptions {
  /** Nothing older is read. Changes of older messages may be told nonetheless. */
  since: Date
  /** Without it: `import` until a round was read to its end, then `sync`. */
  lane?: Lane
  /** Without a cursor: the folder was read before and is read again, as if the server had forgotten us. */
  again?: boolean
}

/** As a list shows it. */
export interface ListedMessage {
  remoteId: string
  receivedAt: Date
}

export interface RenameEvidence {
  /** Folders on the server, none of which is read. `isNew`: not known before. */
  candidates: readonly { remoteId: string; isNew: boolean }[]
  /** Messages of the lost folder, newest first, with their Message-IDs (without `<>`). */
  sample: readonly { remoteId: string; messageId: string }[]
}

export interface Inventory {
  /** Undefined where the list says more and costs no more. */
  count: number | undefined
  /** Ids of all of it; where the server tells days apart only, of some older ones as well. */
  list(): Promise<ReadonlySet<string>>
  /** Of ids that are not on the list, those that do not lie in the folder any more as far as can be seen. */
  leftOf(remoteIds: readonly string[]): Promise<string[]>
  /** Of ids that are on the list, the messages that were received since then, whole. */
  fetch(remoteIds: readonly string[]): AsyncIterable<RemoteMessage>
}

export interface ChangePage {
  /** The same message may come more than once; the last one counts. */
  upserts: readonly (RemoteMessage | SparseMessage)[]
  /** No longer in this folder: deleted, or moved to another one. */
  removed: readonly string[]
  /**
   * Of what is known to lie in this folder, whether it does no longer: where the server tells that in ranges, or by what
   * it still has, and not one by one.
   */
  left?: (remoteId: string) => boolean
  /** The resume point once this page is stored. */
  cursor: Cursor
  /**
   * The server had forgotten our cursor and the folder is read again from the start. What of this folder was not told
   * again by the page that is `done` is no longer in it. Routine: nobody is told.
   */
  reset: boolean
  /** The server forgot just now: with this page the folder begins anew, perhaps for another time. */
  restarts: boolean
  /** With the last page: flags were compared shortly before and not again. Read the folder again at that time. */
  againAt?: Date
  /** Of the first reading of a folder or of one after a reset, not of what is new. */
  firstRound: boolean
  done: boolean
}

export interface Draft {
  remoteId: string
  /** Too big to be in the message at once. */
  toAttach: readonly OutgoingAttachment[]
}

export interface PreflightLight {
  what: 'exists' | 'reads' | 'writes' | 'sends'
  outcome: 'ok' | 'wrong' | 'not-tried'
  /** With `wrong`: a code of the catalogue with its words. With `not-tried`: why not. */
  code?: string
  title?: string
  fix?: string
  /** What is special about it, such as which certificate was shown. */
  detail?: string
}

export interface PreflightResult {
  lights: readonly PreflightLight[]
}

export interface NotificationRequest {
  notificationUrl: string
  lifecycleNotificationUrl: string
  /** Comes back with every notification: random, one per subscription, compared in constant time. */
  clientState: Secret
  /** Without it: the whole mailbox. */
  folderRemoteId?: string
}

export interface RemoteSubscription {
  remoteId: string
  expiresAt: Date
}
