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
 * The one interface through which all mail moves: a mailbox of a server, opened by somebody who may. Every method
 * throws only `AppError`.
 */
export interface MailTransport {
  readonly limits: TransportLimits

  /** Tries what can be tried without leaving a trace in the mailbox. Never throws for what the server refuses. */
  preflight(): Promise<PreflightResult>

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

  /** One whole message, or undefined when it is not there any more. */
  fetchMessage(remoteId: string, lane?: Lane): Promise<RemoteMessage | undefined>

  /** The source of a message as the server keeps it (RFC 5322); undefined when it is not there any more. */
  fetchSource(remoteId: string, lane?: Lane): Promise<Buffer | undefined>

  listAttachments(remoteId: string): Promise<RemoteAttachment[]>

  /** The bytes as they come; ends with an error when there are more than `maxBytes`. */
  downloadAttachment(
    remoteId: string,
    attachmentRemoteId: string,
    options: { maxBytes: number },
  ): AsyncIterable<Uint8Array>

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

  /** Messages with that Message-ID (without `<>`), for what was created without our learning its id. */
  findByMessageId(messageId: string, where?: FolderRole): Promise<RemoteMessage[]>

  /** Nothing happens when it is gone already. Refuses to delete what was sent. */
  deleteDraft(remoteId: string): Promise<void>

  /** Asks the server to tell us of changes. A notification is a hint, the cursor is the truth. */
  subscribe(request: NotificationRequest): Promise<RemoteSubscription>
  /** Undefined when the server does not know it any more: subscribe anew, then sync. */
  renew(subscriptionRemoteId: string): Promise<RemoteSubscription | undefined>
  /** After the lifecycle event `reauthorizationRequired`; not within ten minutes of a `renew`. */
  reauthorize(subscriptionRemoteId: string): Promise<void>
  unsubscribe(subscriptionRemoteId: string): Promise<void>
}

/** What a message may weigh on this road, known before anything is uploaded. Bytes as they are, before base64. */
export interface TransportLimits {
  /** Texts and attachments together. The mailbox may have been given less. */
  messageBytes: number
  /** One attachment. */
  attachmentBytes: number
}

/** Who is served first when a mailbox has more to do than it may at a time. */
export type Lane = 'send' | 'sync' | 'import'

/** Where to go on reading a folder. Opaque and JSON: keep it as it is and give it back. */
export type Cursor = Readonly<Record<string, string | number | boolean | null>>

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

export interface ChangePage {
  /** The same message may come more than once; the last one counts. */
  upserts: readonly (RemoteMessage | SparseMessage)[]
  /** No longer in this folder: deleted, or moved to another one. */
  removed: readonly string[]
  /** The resume point once this page is stored. */
  cursor: Cursor
  /**
   * The server had forgotten our cursor and the folder is read again from the start. What of this folder was not told
   * again by the page that is `done` is no longer in it. Routine: nobody is told.
   */
  reset: boolean
  /** The server forgot just now: with this page the folder begins anew, perhaps for another time. */
  restarts: boolean
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
