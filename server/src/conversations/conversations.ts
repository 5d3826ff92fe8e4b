import type { Kysely } from 'kysely'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { Events, VisibleAccounts } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Secret } from '../kernel/secret.ts'
import type {
  AttachmentId,
  ConversationId,
  DraftAttachmentId,
  DraftId,
  EmailAccountId,
  FolderId,
  StoredMessageId,
} from '../kernel/ids.ts'
import type { FolderRole, OutgoingAttachment, RemoteAttachment, RemoteMessage, SparseMessage } from '../mail/index.ts'
import { createAttachments } from './reading/stored-attachments.ts'
import type {
  Conversation,
  Draft,
  DraftAttachment,
  DraftContent,
  MessageHead,
  MessageVersion,
  Note,
  StoredAttachment,
  StoredMessage,
} from './stored/conversation.ts'
import { createAnswers } from './filing/answers.ts'
import { createBeginConversation, type BegunMessage } from './outgoing/start-conversation.ts'
import { bouncesOf, type Bounce } from './reading/bounces.ts'
import { createConversationTokens, withToken } from './threading/conversation-tokens.ts'
import { createDraftAttachments } from './drafts/draft-attachments.ts'
import { createDrafts } from './drafts/drafts.ts'
import { createFiling, placeOf } from './filing/file-page.ts'
import { KNOWN } from './filing/known-message.ts'
import { latestSentIds, lockForAnswer } from './outgoing/latest-sent.ts'
import { latestSources } from './reading/latest-sources.ts'
import { quarantinedOf, type QuarantinedList } from './quarantine/quarantine.ts'
import { createReading } from './reading/conversation-reading.ts'
import { createReadingAgain, type ReadAgain } from './quarantine/read-again.ts'
import { createRearranging } from './team/merge-split.ts'
import { createMessageViews, type MessageViews } from './reading/message-views.ts'
import { keepsSource, sourceOf } from './stored/message-sources.ts'
import { storableIds } from './stored/storable.ts'
import { createChangedContent, type ContentState, type UnlistedTwin } from './filing/content-changes.ts'
import { compareContent, storedContents } from './filing/content-comparison.ts'
import { versionsOf } from './filing/content-replacement.ts'
import { createTeamWork } from './team/team-work.ts'
import { createViewers, type Viewers } from './team/viewers.ts'
import { leadToAll } from './threading/message-leads.ts'

/** What filing needs to know of an email account. */
export interface FilingAccount {
  id: EmailAccountId
  address: string
  /** Its other addresses: mail from them is ours, and they are nobody else. */
  aliases?: readonly { address: string }[]
  /** What was received before is imported, not new. */
  createdAt: Date
  /** Whether it answers by itself: only then those who asked for it hear of what was received. */
  automaticReply?: { isOn: boolean } | undefined
  /** Mail of the same people with the same subject joins, when nothing else leads anywhere. */
  joinsBySubject?: boolean
}

export interface FiledMessage {
  messageId: StoredMessageId
  conversationId: ConversationId
  /** False when the message was known already. */
  created: boolean
}

/** How `submission` hears of the copies of what it sent. Called in the transaction that files the copy. */
export interface SentMailHook {
  /** The ids on the server of those copies that are of one of ours: only of them the other two are asked. One statement. */
  knownAmong(tx: Tx, accountId: EmailAccountId, copies: readonly SentCopy[]): Promise<Iterable<string>>
  /** The conversation the submission belongs to, when the copy is of one of ours. */
  conversationOf(tx: Tx, copy: SentCopy): Promise<ConversationId | undefined>
  /** A conversation went into another one: what is still to be sent in it goes there, too. */
  merged(tx: Tx, from: ConversationId, into: ConversationId): Promise<void>
  /** The copy is filed; also called for a copy that was filed before. */
  filed(tx: Tx, copy: SentCopy & FiledMessage): Promise<void>
}

/** A message that came in and is not imported, as it was filed. */
export interface ReceivedMail {
  messageId: StoredMessageId
  conversationId: ConversationId
  message: RemoteMessage
  /** Of the folder in which it lay. */
  role: FolderRole | undefined
}

/** Called in the transaction that files what was received, once for each message. */
export type ReceivedMailHook = (tx: Tx, id: EmailAccountId, received: readonly ReceivedMail[]) => Promise<void>

/** Where it is written down who did what. */
export interface AuditPort {
  record(
    tx: Tx,
    entry: { actor: string; action: string; subject: string; detail?: Readonly<Record<string, unknown>> },
  ): Promise<void>
}

export interface SentCopy {
  emailAccountId: EmailAccountId
  remoteId: string
  /** Without `<>`; Exchange may have put its own. */
  rfcMessageId: string | undefined
}

export interface ListInput {
  emailAccountIds: VisibleAccounts
  view: 'open' | 'closed' | 'mine' | 'unassigned' | 'all'
  /** With `mine`: who asks. */
  userId?: string | undefined
  emailAccountId?: EmailAccountId | undefined
  /** Words, the last letters of each may be missing. */
  search?: string | undefined
  /** `next` of the page before. */
  before?: string | undefined
  limit?: number | undefined
}

export interface ConversationList {
  conversations: Conversation[]
  next: string | undefined
}

export interface ConversationView {
  conversation: Conversation
  /** Oldest first. */
  messages: MessageHead[]
  /** There are messages before these: ask for those `before` the first. */
  earlier: boolean
  notes: Note[]
  drafts: Draft[]
}

export interface Conversations {
  /**
   * Stores a message that was met on the server and puts it into its conversation. A message that is known, by its id
   * there or by its key, is merged and makes no second row and no second event. Drafts of the server are not filed:
   * the answer is undefined.
   */
  file(tx: Tx, account: FilingAccount, message: RemoteMessage): Promise<FiledMessage | undefined>
  /**
   * A page at once: the same rows and events as {@link file} for one after the other, in a tenth of the time. Either all
   * are stored or it throws: then file them one by one to learn which cannot be. Answers in the order given.
   */
  fileMany(tx: Tx, account: FilingAccount, messages: readonly RemoteMessage[]): Promise<(FiledMessage | undefined)[]>
  /** Merges what changed of a known message; undefined when it is not known: fetch it whole and file it. */
  applyPartial(tx: Tx, account: FilingAccount, change: SparseMessage): Promise<FiledMessage | undefined>
  /** Which of these ids of the server belong to messages that are here. */
  knownOf(accountId: EmailAccountId, remoteIds: readonly string[]): Promise<Set<string>>
  /** The ids on the server of those messages that belong to a conversation by what they answer. */
  answersAmong(account: FilingAccount, messages: readonly RemoteMessage[]): Promise<ReadonlySet<string>>
  /** It left the folder. Whether it is deleted is not known before {@link settle}. */
  leave(tx: Tx, account: FilingAccount, folderRemoteId: string, remoteId: string): Promise<void>
  /** After a folder was read again from the start: what was not met in that round has left it. */
  leaveUnmet(tx: Tx, account: FilingAccount, folderRemoteId: string, round: number): Promise<number>
  /** Messages of a folder that have a Message-ID, newest first. */
  latestIn(folderId: FolderId, limit: number): Promise<{ remoteId: string; messageId: string }[]>
  /** Of those of these ids of the server that belong to messages: what decides whether their content is compared. */
  contentStatesOf(accountId: EmailAccountId, remoteIds: readonly string[]): Promise<ReadonlyMap<string, ContentState>>
  /**
   * Messages that can be told from another one with their key by their attachments alone: list them. With each, the stored
   * message whose attachments are to be listed as well.
   */
  unlistedTwinsOf(
    account: FilingAccount,
    messages: readonly RemoteMessage[],
  ): Promise<ReadonlyMap<RemoteMessage, UnlistedTwin | undefined>>
  /**
   * Messages that may be later versions of stored ones, with the ids on the server of each of those. Where the server has
   * none of the ids of one any more, the message replaces it: file it with `replaces`, one of them.
   */
  earlierVersionsOf(
    account: FilingAccount,
    messages: readonly RemoteMessage[],
  ): Promise<ReadonlyMap<RemoteMessage, readonly (readonly string[])[]>>
  /** Contents that a message had before the server replaced them, the latest first. */
  versionsOf(id: StoredMessageId): Promise<MessageVersion[]>
  /** Messages that left a folder and were not seen elsewhere yet. */
  listUnconfirmed(
    accountId: EmailAccountId,
    limit: number,
  ): Promise<{ id: StoredMessageId; remoteId: string; messageId: string | undefined }[]>
  /** What the server says of an unconfirmed message: where it is now, or that it is gone. */
  settle(tx: Tx, account: FilingAccount, id: StoredMessageId, found: RemoteMessage | undefined): Promise<void>

  /** A Message-ID that we will send in a conversation: an answer to it finds home even before the Sent copy does. */
  expect(tx: Tx, conversationId: ConversationId, rfcMessageId: string): Promise<void>
  /**
   * Holds the account until `tx` ends: no other transaction files mail of it meanwhile. Filing takes this lock before all
   * others, so other callers do too.
   */
  holdAccount(tx: Tx, account: FilingAccount): Promise<void>
  /**
   * Begins a conversation with a sent message that has no copy in the mailbox, or finds that of an answer that came
   * before. The copy and answers join it later. Call {@link Conversations.holdAccount} first.
   */
  begin(tx: Tx, account: FilingAccount, message: BegunMessage): Promise<ConversationId>
  onSentMail(hook: SentMailHook): void
  onReceivedMail(hook: ReceivedMailHook): void
  /** References of what is sent in a conversation: those given, and a signed one by which every answer finds home. */
  referencesFor(id: ConversationId, address: string, references: readonly string[]): string[]

  list(input: ListInput): Promise<ConversationList>
  /** Five statements whatever is in it. With its latest messages, or with the latest of those before one of them. */
  get(id: ConversationId, page?: { before?: StoredMessageId | undefined; limit?: number }): Promise<ConversationView>
  /** The latest message that has a Message-ID and can be answered. One statement. */
  latest(id: ConversationId): Promise<MessageHead | undefined>
  /** Ids of the latest messages that were sent from the mailbox and not imported. One statement. */
  latestSentIds(db: Kysely<Schema>, id: ConversationId): Promise<StoredMessageId[]>
  /** Holds the conversation until `tx` ends: two answers are accepted one after the other. */
  lockForAnswer(tx: Tx, id: ConversationId): Promise<void>
  /** Without the messages: for the check whose it is. */
  find(id: ConversationId): Promise<Conversation | undefined>
  message(id: StoredMessageId): Promise<StoredMessage>

  assign(id: ConversationId, assigneeId: string | undefined, actor: string): Promise<Conversation>
  /** Open conversations of somebody who may see only these mailboxes any more are nobody's. */
  releaseAssignments(tx: Tx, personId: string, keptAccountIds: readonly EmailAccountId[], actor: string): Promise<void>
  close(id: ConversationId, actor: string): Promise<Conversation>
  reopen(id: ConversationId, actor: string): Promise<Conversation>
  /** Here only: nothing is changed in the mailbox. */
  markSeen(id: ConversationId, actor: string): Promise<Conversation>
  /** Everything of the first goes into the second, which is the answer. */
  merge(id: ConversationId, into: ConversationId, actor: string): Promise<Conversation>
  /** Some of its messages become a conversation of their own, which is the answer. */
  split(id: ConversationId, messageIds: readonly StoredMessageId[], actor: string): Promise<Conversation>
  /** A message with a subject of its own stays where it is. */
  keepTogether(messageId: StoredMessageId, actor: string): Promise<void>
  /** What servers said of those of these messages that we sent. */
  bouncesOf(ids: readonly StoredMessageId[]): Promise<Map<StoredMessageId, Bounce[]>>
  note(id: ConversationId, authorId: string, body: string): Promise<Note>

  /**
   * Saves a draft. Without `version` it is created, under `id` when that is given. With `version`, the one that was read,
   * it is updated.
   *
   * @throws AppError `conversations.draft_changed` when it was saved since, or created under this id before
   */
  saveDraft(input: {
    id?: DraftId | undefined
    emailAccountId: EmailAccountId
    conversationId?: ConversationId | undefined
    authorId: string
    content: DraftContent
    version?: number | undefined
  }): Promise<Draft>
  findDraft(id: DraftId): Promise<Draft | undefined>
  listDrafts(input: { authorId: string; emailAccountIds: VisibleAccounts }): Promise<Draft[]>
  /** With its attachments. */
  deleteDraft(id: DraftId): Promise<void>
  /** All or none of them. Whether they may be sent is known to `submission`. */
  attachToDraft(id: DraftId, attachments: readonly OutgoingAttachment[]): Promise<DraftAttachment[]>
  detachFromDraft(id: DraftId, attachmentId: DraftAttachmentId): Promise<void>
  /** The draft goes out: it is deleted, and what was attached to it handed to whoever sends it. */
  takeDraft(
    tx: Tx,
    id: DraftId,
    of: { authorId: string; emailAccountId: EmailAccountId },
  ): Promise<OutgoingAttachment[]>
  /** What was taken back is a draft of its author again. */
  restoreDraft(
    tx: Tx,
    input: {
      emailAccountId: EmailAccountId
      conversationId: ConversationId | undefined
      authorId: string
      content: DraftContent
      attachments: readonly OutgoingAttachment[]
    },
  ): Promise<DraftId>

  /** Undefined until they were asked of the server once: then {@link keepAttachments}. */
  attachmentsOf(id: StoredMessageId): Promise<StoredAttachment[] | undefined>
  keepAttachments(id: StoredMessageId, attachments: readonly RemoteAttachment[]): Promise<StoredAttachment[]>
  attachment(id: AttachmentId): Promise<StoredAttachment>

  /** Messages of a mailbox that could not be read like others; `before` is `next` of the page before. */
  quarantinedOf(
    accountId: EmailAccountId,
    page: { before?: string | undefined; limit: number },
  ): Promise<QuarantinedList>
  /** Of the latest messages that came in, those whose source is here. */
  latestSources(accountId: EmailAccountId, most: number): Promise<Buffer[]>
  /** As it came (RFC 5322), where it was filed from its source; undefined where the server has it. */
  sourceOf(id: StoredMessageId): Promise<Buffer | undefined>
  /** Whether {@link sourceOf} has one, without reading it. */
  keepsSource(id: StoredMessageId): Promise<boolean>
  /** Who has a conversation open at the moment. */
  viewers: Viewers
  /** Bodies as they are shown, stored where making them takes long. */
  views: MessageViews
  /**
   * The source was read once more. `isRecord`: it is what the message was filed from; otherwise body and attachments
   * stay as the server gave them.
   */
  readAgain(id: StoredMessageId, read: ReadAgain, how: { isRecord: boolean; actor: string }): Promise<StoredMessage>

  countsOf(
    accountId: EmailAccountId,
  ): Promise<{ conversations: number; messages: number; notes: number; drafts: number }>
}

/** Where a program has no audit list, as in most tests. */
const NOBODY_LISTENS: AuditPort = { record: () => Promise.resolve() }

export function createConversations(deps: {
  database: Database
  clock: Clock
  events: Events
  /** Signs what leads answers home; without it what was sent before a restart is found by its Message-ID alone. */
  secrets?: readonly Secret[]
  audit?: AuditPort | undefined
}): Conversations {
  const { database, clock, events } = deps
  const hooks: SentMailHook[] = []
  const receivedHooks: ReceivedMailHook[] = []
  const tokens = createConversationTokens(deps.secrets)
  const filing = createFiling({ clock, events, hooks, receivedHooks, tokens })

  async function applyPartial(
    tx: Tx,
    account: FilingAccount,
    change: SparseMessage,
  ): Promise<FiledMessage | undefined> {
    await filing.holdAccount(tx, account)
    const known = await filing.findKnown(tx, account, change.remoteId)
    if (!known) return undefined
    const place = await placeOf(tx, account, change.folderRemoteId)
    const { messageId, conversationId, created } = await filing.merge(tx, account, known, change, place)
    return { messageId, conversationId, created }
  }

  async function leave(tx: Tx, account: FilingAccount, folderRemoteId: string, remoteId: string): Promise<void> {
    await filing.holdAccount(tx, account)
    const place = await placeOf(tx, account, folderRemoteId)
    if (place) await filing.leave(tx, account, place, remoteId)
  }

  async function leaveUnmet(tx: Tx, account: FilingAccount, folderRemoteId: string, round: number): Promise<number> {
    await filing.holdAccount(tx, account)
    const place = await placeOf(tx, account, folderRemoteId)
    return place ? filing.leaveUnmet(tx, account, { ...place, round }) : 0
  }

  async function knownOf(accountId: EmailAccountId, remoteIds: readonly string[]): Promise<Set<string>> {
    if (remoteIds.length === 0) return new Set()
    const { db } = database
    const [byId, byPlace] = await Promise.all([
      db
        .selectFrom('messages')
        .select('remote_id')
        .where('email_account_id', '=', accountId)
        .where('remote_id', 'in', [...remoteIds])
        .execute(),
      db
        .selectFrom('message_locations')
        .innerJoin('messages', 'messages.id', 'message_locations.message_id')
        .select('message_locations.remote_id')
        .where('messages.email_account_id', '=', accountId)
        .where('message_locations.remote_id', 'in', [...remoteIds])
        .execute(),
    ])
    return new Set([...byId, ...byPlace].map((row) => row.remote_id))
  }

  async function latestIn(folderId: FolderId, limit: number) {
    const rows = await database.db
      .selectFrom('message_locations')
      .innerJoin('messages', 'messages.id', 'message_locations.message_id')
      .select(['message_locations.remote_id', 'messages.message_id'])
      .where('folder_id', '=', folderId)
      .where('messages.message_id', 'is not', null)
      .orderBy('received_at', 'desc')
      .limit(limit)
      .execute()
    return rows.map((row) => ({ remoteId: row.remote_id, messageId: row.message_id! }))
  }

  async function listUnconfirmed(accountId: EmailAccountId, limit: number) {
    const rows = await database.db
      .selectFrom('messages')
      .select(['id', 'remote_id', 'message_id'])
      .where('email_account_id', '=', accountId)
      .where('presence', '=', 'unconfirmed')
      .orderBy('id')
      .limit(limit)
      .execute()
    return rows.map((row) => ({ id: row.id, remoteId: row.remote_id, messageId: row.message_id ?? undefined }))
  }

  async function settle(
    tx: Tx,
    account: FilingAccount,
    id: StoredMessageId,
    found: RemoteMessage | undefined,
  ): Promise<void> {
    await filing.holdAccount(tx, account)
    const known = await tx.selectFrom('messages').select(KNOWN).where('id', '=', id).executeTakeFirst()
    // Meanwhile another folder may have told of it.
    if (known?.presence !== 'unconfirmed') return
    // What lies there may be another message with the same Message-ID.
    const there = found && (await filing.findKnown(tx, account, found.remoteId))
    const same = there ?? (found && (await filing.findSame(tx, account, found, id)))
    if (!found || (same && same.id !== id)) return filing.setPresence(tx, account, known, 'gone')
    const contents = await storedContents(tx, [id])
    const isReplaced =
      found.remoteId !== known.remote_id && (await compareContent(tx, known, contents.get(id), found)) === 'changed'
    if (isReplaced) await filing.replaceContent(tx, account, known, found)
    const now = isReplaced ? await filing.knownAgain(tx, known) : known
    await filing.merge(tx, account, now, found, await placeOf(tx, account, found.folderRemoteId))
  }

  async function expect(tx: Tx, conversationId: ConversationId, rfcMessageId: string): Promise<void> {
    const { email_account_id: accountId } = await tx
      .selectFrom('conversations')
      .select('email_account_id')
      .where('id', '=', conversationId)
      .executeTakeFirstOrThrow()
    const ids = storableIds([rfcMessageId])
    await leadToAll(tx, accountId, new Map(ids.map((id) => [id, conversationId])), new Set(ids))
  }

  return {
    file: filing.file,
    fileMany: filing.fileMany,
    applyPartial,
    leave,
    leaveUnmet,
    knownOf,
    answersAmong: createAnswers({ database, tokens }),
    latestIn,
    listUnconfirmed,
    settle,
    holdAccount: filing.holdAccount,
    begin: createBeginConversation({ clock, events }),
    expect,
    onSentMail: (hook) => {
      hooks.push(hook)
    },
    onReceivedMail: (hook) => {
      receivedHooks.push(hook)
    },
    ...createReading(deps),
    ...createTeamWork(deps),
    ...createDrafts(deps),
    latestSentIds,
    lockForAnswer,
    ...createDraftAttachments(deps),
    ...createAttachments(deps),
    ...createReadingAgain(deps),
    ...createRearranging({ database, clock, events, audit: deps.audit ?? NOBODY_LISTENS, hooks }),
    bouncesOf: (ids) => bouncesOf(database.db, ids),
    referencesFor: (id, address, references) => withToken(references, tokens.tokenOf(id, address)),
    quarantinedOf: (id, page) => quarantinedOf(database, id, page),
    latestSources: (id, most) => latestSources(database, id, most),
    sourceOf: (id) => sourceOf(database, id),
    keepsSource: (id) => keepsSource(database, id),
    viewers: createViewers(deps),
    views: createMessageViews({ database, clock }),
    ...createChangedContent({ database }),
    versionsOf: (id) => versionsOf(database.db, id),
  }
}
