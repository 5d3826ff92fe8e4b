import type { Updateable } from 'kysely'
import type { Schema, Tx } from '../../database/index.ts'
import type { EventKind, NewEvent } from '../../events/index.ts'
import { AppError } from '../../kernel/errors.ts'
import {
  newId,
  type ConversationId,
  type EmailAccountId,
  type NoteId,
  type PersonId,
  type StoredMessageId,
} from '../../kernel/ids.ts'
import type { Conversation, ConversationPlace, Note } from '../stored/conversation.ts'
import { queueNote } from '../search/search-queue.ts'
import { toConversation, toNote } from '../stored/rows.ts'
import { storable } from '../stored/storable.ts'
import { createFollowers, followBy, type Followers } from './followers.ts'
import { createAccountMoves, type AccountMove } from './account-moves.ts'
import { createLegalHolds } from './legal-holds.ts'
import { mention } from './mentions.ts'
import { createMergeAndSplit, type MergeAndSplitDeps } from './merge-split.ts'
import { placeEvent } from './places.ts'
import { requireSnoozeTime } from './snoozes.ts'
import { createViewers, type Viewers } from './viewers.ts'

type ConversationEvent = {
  [Kind in EventKind & `conversation.${string}`]: Pick<NewEvent<Kind>, 'kind' | 'payload'>
}[EventKind & `conversation.${string}`]

/**
 * Work of a team on conversations. Room account-actions applies it to the mailbox. Each change throws AppError
 * `conversations.not_found`, or `conversations.merged_already` for a conversation that was merged into another one.
 */
export interface TeamWork {
  assign(id: ConversationId, assigneeId: string | undefined, actor: string): Promise<Conversation>
  /** Unassigns a person's conversations that are not closed, in all mailboxes but `keptAccountIds`. */
  releaseAssignments(tx: Tx, personId: string, keptAccountIds: readonly EmailAccountId[], actor: string): Promise<void>
  close(id: ConversationId, actor: string): Promise<Conversation>
  /** Waits for an answer of the customer. */
  wait(id: ConversationId, actor: string): Promise<Conversation>
  /**
   * Hides a conversation until a time.
   *
   * @throws AppError `conversations.snooze_time` when `until` is past or more than a year away
   */
  snooze(id: ConversationId, until: Date, actor: string): Promise<Conversation>
  reopen(id: ConversationId, actor: string): Promise<Conversation>
  /** Marks as spam, deletes, or brings back into the inbox. Status, assignee and tags stay. */
  setPlace(id: ConversationId, place: ConversationPlace, actor: string): Promise<Conversation>
  /** For everybody: a program has read it. See {@link Reads} for a person. */
  markSeen(id: ConversationId, actor: string): Promise<Conversation>
  /** For everybody. */
  markUnread(id: ConversationId, actor: string): Promise<Conversation>
  /** @param mentions  people with access to the mailbox: the conversation is unread for them, and in their mentions */
  note(id: ConversationId, authorId: string, body: string, mentions?: readonly PersonId[]): Promise<Note>
  /**
   * Moves messages, notes, drafts and queued submissions into another conversation of the mailbox.
   *
   * @returns the conversation `into`
   */
  merge(id: ConversationId, into: ConversationId, actor: string): Promise<Conversation>
  /**
   * Moves some messages into a new conversation. Answers to them follow.
   *
   * @returns the new conversation
   */
  split(id: ConversationId, messageIds: readonly StoredMessageId[], actor: string): Promise<Conversation>
  /**
   * Moves it to another mailbox.
   *
   * @throws AppError `conversations.same_account`, `conversations.unsent_answer`
   */
  moveToAccount(id: ConversationId, move: AccountMove): Promise<Conversation>
  /** Keeps its messages from deletion until the hold is removed. Of a held conversation, changes the reason. */
  hold(id: ConversationId, reason: string, actor: string): Promise<Conversation>
  removeHold(id: ConversationId, actor: string): Promise<Conversation>
  /** Declines the proposal to split off a message with another subject. */
  keepTogether(messageId: StoredMessageId, actor: string): Promise<void>
  /** Users who have a conversation open. */
  viewers: Viewers
  followers: Followers
}

export function createTeamWork(deps: MergeAndSplitDeps): TeamWork {
  const { database, clock, events } = deps
  const legalHolds = createLegalHolds(deps)

  /**
   * Changes the row and appends the event in one transaction; without a change there is no event. A merged conversation
   * stays closed, because indexes and lists of open ones rely on it.
   */
  function change(
    id: ConversationId,
    event: ConversationEvent | ((before: Conversation) => ConversationEvent),
    work: (tx: Tx, before: Conversation) => Promise<Conversation | undefined>,
  ): Promise<Conversation> {
    return database.creation(async (tx) => {
      const row = await tx.selectFrom('conversations').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
      if (!row) throw new AppError('conversations.not_found')
      if (row.merged_into !== null) throw new AppError('conversations.merged_already')
      const before = toConversation(row)
      const after = await work(tx, before)
      if (!after) return before
      await events.append(tx, {
        ...(typeof event === 'function' ? event(before) : event),
        emailAccountId: before.emailAccountId,
        subjectId: id,
        at: clock.now(),
      })
      return after
    })
  }

  function assign(id: ConversationId, assigneeId: string | undefined, actor: string): Promise<Conversation> {
    const payload = { conversationId: id, assigneeId: assigneeId ?? null, by: actor }
    return change(id, { kind: 'conversation.assigned', payload }, (tx, before) =>
      before.assigneeId === assigneeId ? nothing() : set(tx, id, { assignee_id: assigneeId ?? null }),
    )
  }

  function close(id: ConversationId, actor: string): Promise<Conversation> {
    return change(id, { kind: 'conversation.closed', payload: { conversationId: id, by: actor } }, (tx, before) =>
      before.status === 'closed' ? nothing() : set(tx, id, { status: 'closed', snoozed_until: null }),
    )
  }

  function wait(id: ConversationId, actor: string): Promise<Conversation> {
    return change(
      id,
      { kind: 'conversation.wait_started', payload: { conversationId: id, by: actor } },
      (tx, before) =>
        before.status === 'waiting' ? nothing() : set(tx, id, { status: 'waiting', snoozed_until: null }),
    )
  }

  async function snooze(id: ConversationId, until: Date, actor: string): Promise<Conversation> {
    requireSnoozeTime(until, clock.now())
    const payload = { conversationId: id, until: until.toISOString(), by: actor }
    return change(id, { kind: 'conversation.snoozed', payload }, (tx, before) =>
      before.snoozedUntil?.getTime() === until.getTime()
        ? nothing()
        : set(tx, id, { status: 'snoozed', snoozed_until: until }),
    )
  }

  function reopen(id: ConversationId, actor: string): Promise<Conversation> {
    return change(id, { kind: 'conversation.reopened', payload: { conversationId: id, by: actor } }, (tx, before) =>
      before.status === 'open' ? nothing() : set(tx, id, { status: 'open', snoozed_until: null }),
    )
  }

  function setPlace(id: ConversationId, place: ConversationPlace, actor: string): Promise<Conversation> {
    const payload = { conversationId: id, by: actor }
    return change(
      id,
      (before) => ({ kind: placeEvent(before.place, place), payload }),
      (tx, before) => (before.place === place ? nothing() : set(tx, id, { place, placed_by: null })),
    )
  }

  function markSeen(id: ConversationId, actor: string): Promise<Conversation> {
    return change(id, { kind: 'conversation.seen', payload: { conversationId: id, by: actor } }, async (tx, before) => {
      if (!before.unread) return undefined
      await tx
        .updateTable('messages')
        .set({ unread: false })
        .where('conversation_id', '=', id)
        .where('unread', '=', true)
        .execute()
      return set(tx, id, { unread: false, news_at: null })
    })
  }

  function markUnread(id: ConversationId, actor: string): Promise<Conversation> {
    const payload = { conversationId: id, by: actor }
    return change(id, { kind: 'conversation.unread_marked', payload }, (tx, before) =>
      before.unread ? nothing() : set(tx, id, { unread: true, news_at: clock.now() }),
    )
  }

  function hold(id: ConversationId, reason: string, actor: string): Promise<Conversation> {
    const payload = { conversationId: id, by: actor }
    return change(id, { kind: 'conversation.legal_hold_placed', payload }, (tx, before) =>
      legalHolds.place(tx, before, reason, actor),
    )
  }

  function removeHold(id: ConversationId, actor: string): Promise<Conversation> {
    const payload = { conversationId: id, by: actor }
    return change(id, { kind: 'conversation.legal_hold_removed', payload }, (tx, before) =>
      legalHolds.remove(tx, before, actor),
    )
  }

  async function note(
    id: ConversationId,
    authorId: string,
    body: string,
    mentioned: readonly PersonId[] = [],
  ): Promise<Note> {
    const noteId = newId<NoteId>()
    let written: Note | undefined
    const mentions = [...new Set(mentioned)]
    const payload = { conversationId: id, noteId, by: authorId, ...(mentions.length > 0 && { mentions }) }
    await change(id, { kind: 'conversation.note_added', payload }, async (tx, before) => {
      const row = await tx
        .insertInto('notes')
        .values({
          id: noteId,
          conversation_id: id,
          author_id: authorId,
          body: storable(body),
          mentions,
          created_at: clock.now(),
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      written = toNote(row)
      const others = mentions.filter((personId) => personId !== authorId)
      await mention(tx, id, others, clock.now())
      await followBy(tx, id, [authorId, ...others])
      await queueNote(tx, written)
      return before
    })
    return written!
  }

  async function releaseAssignments(
    tx: Tx,
    personId: string,
    keptAccountIds: readonly EmailAccountId[],
    actor: string,
  ): Promise<void> {
    let theirs = tx.updateTable('conversations').set({ assignee_id: null }).where('assignee_id', '=', personId)
    if (keptAccountIds.length > 0) theirs = theirs.where('email_account_id', 'not in', keptAccountIds)
    const released = await theirs.where('status', '<>', 'closed').returning(['id', 'email_account_id']).execute()
    for (const { id, email_account_id: emailAccountId } of released) {
      const payload = { assigneeId: null, by: actor, conversationId: id }
      await events.append(tx, {
        kind: 'conversation.assigned',
        emailAccountId,
        subjectId: id,
        payload,
        at: clock.now(),
      })
    }
  }

  return {
    assign,
    releaseAssignments,
    close,
    wait,
    snooze,
    reopen,
    setPlace,
    markSeen,
    markUnread,
    note,
    ...createMergeAndSplit(deps),
    moveToAccount: createAccountMoves(deps),
    hold,
    removeHold,
    viewers: createViewers(deps),
    followers: createFollowers(deps),
  }
}

async function set(tx: Tx, id: ConversationId, values: Updateable<Schema['conversations']>): Promise<Conversation> {
  const row = await tx
    .updateTable('conversations')
    .set(values)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return toConversation(row)
}

function nothing(): Promise<undefined> {
  return Promise.resolve(undefined)
}
