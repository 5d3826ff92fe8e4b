import type { Tx } from '../../database/index.ts'
import type { ConversationId, EmailAccountId, StoredMessageId } from '../../kernel/ids.ts'
import type { FolderRole, RemoteMessage } from '../../mail/index.ts'

export interface FiledMessage {
  messageId: StoredMessageId
  conversationId: ConversationId
  /** False for a message that was stored before. */
  created: boolean
}

/** A copy of a sent message, as the server reports it. */
export interface SentCopy {
  emailAccountId: EmailAccountId
  remoteId: string
  /** Without `<>`. Exchange may have replaced it. */
  rfcMessageId: string | undefined
}

/** Facts of copies, by their ids on the server. `isAutomatic`: an automatic reply. */
export type CopiesOfSubmissions = ReadonlyMap<string, { isAutomatic: boolean }>

export interface SubmissionOfConversation {
  id: string
  conversationId: ConversationId
  /** It is or can still be sent, from the mailbox that accepted it. */
  isUnsent: boolean
}

/** Reports copies of sent messages to `submission`. Called in the transaction that files the copy. */
export interface SentMailHook {
  /**
   * The copies that belong to a submission, by their ids on the server; the other methods get only those. One statement.
   */
  knownAmong(tx: Tx, accountId: EmailAccountId, copies: readonly SentCopy[]): Promise<CopiesOfSubmissions>
  /** The conversation of the submission, if it has one. */
  conversationOf(tx: Tx, copy: SentCopy): Promise<ConversationId | undefined>
  /** A conversation was merged into another one: its queued submissions move there. */
  merged(tx: Tx, from: ConversationId, into: ConversationId): Promise<void>
  /** Submissions of conversations. One statement. */
  listOf(tx: Tx, ids: readonly ConversationId[]): Promise<SubmissionOfConversation[]>
  /** The copy is filed. Also called for a copy that was filed before. */
  filed(tx: Tx, copy: SentCopy & FiledMessage): Promise<void>
}

/** A received message that is not imported, as it was filed. */
export interface ReceivedMail {
  messageId: StoredMessageId
  conversationId: ConversationId
  message: RemoteMessage
  /** Role of its folder. */
  role: FolderRole | undefined
}

/** Called in the transaction that files received mail, with all messages of a page. */
export type ReceivedMailHook = (tx: Tx, id: EmailAccountId, received: readonly ReceivedMail[]) => Promise<void>

/**
 * Called in the transaction that stores a read mark of the server, when it differs from the stored one.
 *
 * @returns true if Postkey itself has set the mark at the server: the read state of people stays as it is
 */
export type SeenHook = (tx: Tx, messageId: StoredMessageId, isSeen: boolean) => Promise<boolean>

/**
 * Called in the transaction that stores a move into Junk or Deleted Items, as the server reports it.
 *
 * @returns true if Postkey itself may have moved the message: its conversation stays as it is
 */
export type MoveHook = (tx: Tx, messageId: StoredMessageId, to: 'junk' | 'trash') => Promise<boolean>
