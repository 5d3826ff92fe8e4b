import type { Database, Tx } from '../../database/index.ts'
import type { EmailAccountId, FolderId, StoredMessageId } from '../../kernel/ids.ts'
import type { RemoteMessage, SparseMessage } from '../../mail/index.ts'
import { lockAccount } from '../threading/account-lock.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import { createAnswers } from './answers.ts'
import { createContentChanges, type ContentState, type UnlistedTwin } from './content-changes.ts'
import { createFilePage, type FilePageDeps } from './file-page.ts'
import { createDiscardedMail } from './discarded-mail.ts'
import type { FiledMessage, MoveHook, SeenHook } from './filing-hooks.ts'
import { findPlace } from './folder-places.ts'
import { findKnown } from './known-lookup.ts'
import { createLocationRemoval } from './message-locations.ts'
import { createMessageMerge } from './message-merge.ts'
import { createOwnMoves, type OwnMove } from './own-moves.ts'
import { createPresenceCheck } from './presence-check.ts'
import { findKnownIds, listLatest, listUnconfirmed, type UnconfirmedMessage } from './stored-ids.ts'

/** Stores mail of the server. Used by `sync`, and by `submission` for copies of sent messages. */
export interface MessageFiling {
  /**
   * Stores a message and assigns it to a conversation. A message that is stored already, by its id on the server or by
   * its key, is merged: no second row, no second event.
   *
   * @returns undefined for a draft and for mail of an erased person, which are not filed
   */
  file(tx: Tx, account: FilingAccount, message: RemoteMessage): Promise<FiledMessage | undefined>
  /**
   * Files a page: the same rows and events as {@link file} for each message in order, in a tenth of the time. All are
   * stored, or it throws; then file them one by one to find the message that cannot be stored.
   *
   * @returns results in the order given
   */
  fileMany(tx: Tx, account: FilingAccount, messages: readonly RemoteMessage[]): Promise<(FiledMessage | undefined)[]>
  /** Waits while more messages are stored than searchable, for two seconds at most. Call it before a transaction. */
  waitForSearchIndex(): Promise<void>
  /**
   * Merges a change into a stored message.
   *
   * @returns undefined when the message is not stored: fetch and file it
   */
  applyPartial(tx: Tx, account: FilingAccount, change: SparseMessage): Promise<FiledMessage | undefined>
  /** Removes a message from a folder. Its presence is unconfirmed until another folder has it or it is looked up. */
  removeFromFolder(tx: Tx, account: FilingAccount, folderRemoteId: string, remoteId: string): Promise<void>
  /**
   * Removes the messages of a folder that were not met since `round`, after the folder was read from the start.
   *
   * @returns the number of messages that are no longer in the folder
   */
  removeUnmet(tx: Tx, account: FilingAccount, folderRemoteId: string, round: number): Promise<number>
  /** Messages that left a folder and were not met elsewhere yet. */
  listUnconfirmed(accountId: EmailAccountId, limit: number): Promise<UnconfirmedMessage[]>
  /** Sets the presence of an unconfirmed message to what the server has now; undefined: it is gone. */
  confirmPresence(tx: Tx, account: FilingAccount, id: StoredMessageId, found: RemoteMessage | undefined): Promise<void>
  /** Stores the new folders of messages that Postkey moved on the server. Locks the filing of the account, also without any. */
  recordMoves(tx: Tx, account: FilingAccount, moves: readonly OwnMove[]): Promise<void>
  /** Lets closed conversations follow moves of messages that were left out while Postkey itself wanted to move them. */
  followMoves(tx: Tx, account: FilingAccount, ids: readonly StoredMessageId[]): Promise<void>
  onSeen(hook: SeenHook): void
  onMove(hook: MoveHook): void

  /** Ids on the server, of those given, that belong to stored messages. */
  findKnownIds(accountId: EmailAccountId, remoteIds: readonly string[]): Promise<Set<string>>
  /** Forgets that erased mail was in a folder, which no longer has it. */
  leaveErased(folderId: FolderId, remoteIds: readonly string[]): Promise<void>
  /** Ids on the server of the messages that reply to mail of a conversation. */
  findAnswers(account: FilingAccount, messages: readonly RemoteMessage[]): Promise<ReadonlySet<string>>
  /** Messages of a folder with a Message-ID, newest first. */
  listLatest(folderId: FolderId, limit: number): Promise<{ remoteId: string; messageId: string }[]>
  /** Facts by which `sync` decides whether to compare the content of a message, by ids on the server. */
  findContentStates(accountId: EmailAccountId, remoteIds: readonly string[]): Promise<ReadonlyMap<string, ContentState>>
  /**
   * Messages that differ from another one with their key only in attachments, which have to be listed; each with the
   * stored message whose attachments have to be listed too.
   */
  findUnlistedTwins(
    account: FilingAccount,
    messages: readonly RemoteMessage[],
  ): Promise<ReadonlyMap<RemoteMessage, UnlistedTwin | undefined>>
  /**
   * Messages that may be later versions of stored ones, with the ids on the server of each of those. Where the server no
   * longer has one, file the message with `replaces`, one of its ids.
   */
  findEarlierVersions(
    account: FilingAccount,
    messages: readonly RemoteMessage[],
  ): Promise<ReadonlyMap<RemoteMessage, readonly (readonly string[])[]>>
}

export function createMessageFiling(
  deps: Omit<FilePageDeps, 'seenHooks' | 'moveHooks'> & {
    database: Database
    seenHooks: SeenHook[]
    moveHooks: MoveHook[]
  },
): MessageFiling {
  const { database, seenHooks, moveHooks } = deps
  const fileMany = createFilePage(deps)
  const mergeMessage = createMessageMerge(deps)
  const removal = createLocationRemoval(deps)

  return {
    fileMany,
    waitForSearchIndex: () => deps.searchIndex.waitForRoom(),
    file: async (tx, account, message) => (await fileMany(tx, account, [message]))[0],

    async applyPartial(tx, account, change) {
      await lockAccount(tx, account)
      const known = await findKnown(tx, account, change.remoteId)
      if (!known) return undefined
      const place = await findPlace(tx, account, change.folderRemoteId)
      const { messageId, conversationId, created } = await mergeMessage(tx, account, known, change, place)
      return { messageId, conversationId, created }
    },

    async removeFromFolder(tx, account, folderRemoteId, remoteId) {
      await lockAccount(tx, account)
      const place = await findPlace(tx, account, folderRemoteId)
      if (place) await removal.removeFromFolder(tx, account, place, remoteId)
      if (place?.hasErasures) await deps.erasedMail.leave(tx, place.id, [remoteId])
    },

    async removeUnmet(tx, account, folderRemoteId, round) {
      await lockAccount(tx, account)
      const place = await findPlace(tx, account, folderRemoteId)
      return place ? removal.removeUnmet(tx, account, { ...place, round }) : 0
    },

    listUnconfirmed: (id, limit) => listUnconfirmed(database, id, limit),
    confirmPresence: createPresenceCheck(deps),
    recordMoves: createOwnMoves(deps),
    followMoves: createDiscardedMail(deps).followMoves,
    onSeen: (hook) => void seenHooks.push(hook),
    onMove: (hook) => void moveHooks.push(hook),
    findKnownIds: (id, remoteIds) => findKnownIds(database, id, remoteIds),
    leaveErased: (folderId, remoteIds) => deps.erasedMail.leave(database.db, folderId, remoteIds),
    findAnswers: createAnswers(deps),
    listLatest: (id, limit) => listLatest(database, id, limit),
    ...createContentChanges(deps),
  }
}
