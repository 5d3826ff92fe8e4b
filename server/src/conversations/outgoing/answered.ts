import { randomUUID } from 'node:crypto'
import { sql, type UpdateObject } from 'kysely'
import type { Schema, Tx } from '../../database/index.ts'
import type { Events, NewEvent } from '../../events/index.ts'
import { actorOf, isPerson } from '../../kernel/authors.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import type { ConversationPlace, ConversationStatus } from '../stored/conversation.ts'
import { needsReply } from '../stored/shown-columns.ts'
import { followByAnswer, revertFollow } from '../team/followers.ts'
import { placeEvent } from '../team/places.ts'

/** Status that a conversation gets with an answer. */
export type StatusAfterAnswer = Extract<ConversationStatus, 'closed' | 'waiting'>

/**
 * Changes of an accepted answer in its conversation. Stored with the submission, so that canceling reverts it. The
 * conversation has the id of each change, until mail, a person or another answer changes the same.
 */
export interface AnswerEffect {
  status?: { from: ConversationStatus; snoozedUntil: string | null; to: StatusAfterAnswer; id: string }
  /** Place that the conversation left for the inbox. */
  place?: { from: Exclude<ConversationPlace, 'inbox'>; isByMove: boolean; id: string }
  /** Person who was assigned. */
  assignee?: { personId: string; id: string }
  /** The author follows the conversation since. The id is gone from there when they took part in another way. */
  followed?: { personId: string; id: string }
}

export interface AnswerRecord {
  /** Author: a person, or `api-key:…`. */
  author: string
  /** Mailbox that sends it. */
  emailAccountId: EmailAccountId
  /** Assigns an unassigned conversation to the author, if that is a person. */
  assigns: boolean
  status?: StatusAfterAnswer | undefined
  /** A forward leaves a conversation in Spam or Deleted. */
  isForward?: boolean
}

/** Folder whose messages put a conversation into its place. */
const MOVED_TO = { spam: 'junk', deleted: 'trash' } as const

/** Changes that an answer makes in its conversation, in the transaction that accepts or cancels it. */
export function createAnswered({ clock, events }: { clock: Clock; events: Events }) {
  /** @throws AppError `submission.other_conversation` when it has moved to another mailbox meanwhile */
  async function apply(tx: Tx, id: ConversationId, answer: AnswerRecord): Promise<AnswerEffect | undefined> {
    const row = await lock(tx, id)
    if (row.email_account_id !== answer.emailAccountId) throw new AppError('submission.other_conversation')
    const { author, assigns, status, isForward = false } = answer
    const answerId = randomUUID()
    const follows = await followByAnswer(tx, id, author, answerId)
    const effect: AnswerEffect = {
      ...(status !== undefined &&
        status !== row.status && {
          status: {
            ...{ from: row.status, snoozedUntil: row.snoozed_until?.toISOString() ?? null },
            ...{ to: status, id: answerId },
          },
        }),
      ...(row.place !== 'inbox' &&
        !isForward && {
          place: { from: row.place, isByMove: row.placed_by !== null, id: answerId },
        }),
      ...(assigns && isPerson(author) && row.assignee_id === null && { assignee: { personId: author, id: answerId } }),
      ...(follows && { followed: { personId: author, id: answerId } }),
    }
    const { status: changed, place, assignee } = effect
    const isChanged = changed !== undefined || place !== undefined || assignee !== undefined
    const kept = keptOf(row, answer)
    if (!row.needs_reply && !isChanged && Object.keys(kept).length === 0) return follows ? effect : undefined
    await update(tx, id, {
      needs_reply: false,
      ...kept,
      ...(changed && { status: changed.to, snoozed_until: null, status_by: changed.id }),
      ...(place && { place: 'inbox' as const, placed_by: place.id }),
      ...(assignee && { assignee_id: assignee.personId, assigned_by: assignee.id }),
    })
    const by = actorOf(author)
    await append(tx, row, [
      ...(assignee ? [assigned(id, assignee.personId, by)] : []),
      ...(changed ? [statusEvent(id, changed.to, null, by)] : []),
      ...(place ? [placed(id, place.from, 'inbox', by)] : []),
    ])
    return isChanged || follows ? effect : undefined
  }

  /** Reverts what the answer changed, unless it was changed again since. */
  async function revert(tx: Tx, id: ConversationId, effect: AnswerEffect, author: string): Promise<void> {
    const row = await lock(tx, id)
    const { status, place, assignee, followed } = effect
    if (followed) await revertFollow(tx, id, followed.personId, followed.id)
    const restored = status && row.status_by === status.id ? restoredStatus(status, clock.now()) : undefined
    const isAssigned = assignee !== undefined && row.assigned_by === assignee.id
    const placeBack = place && row.placed_by === place.id ? place : undefined
    await update(tx, id, {
      needs_reply: sql<boolean>`${needsReply(sql`conversations.id`)}`,
      ...(restored && { status: restored.to, snoozed_until: restored.snoozedUntil }),
      ...(placeBack && { place: placeBack.from, placed_by: placeBack.isByMove ? MOVED_TO[placeBack.from] : null }),
      ...(isAssigned && { assignee_id: null }),
    })
    const by = actorOf(author)
    await append(tx, row, [
      ...(isAssigned ? [assigned(id, null, by)] : []),
      ...(restored ? [statusEvent(id, restored.to, restored.snoozedUntil, by)] : []),
      ...(placeBack ? [placed(id, 'inbox', placeBack.from, by)] : []),
    ])
  }

  async function append(tx: Tx, { email_account_id: emailAccountId, id }: LockedRow, changes: Change[]): Promise<void> {
    if (changes.length === 0) return
    const common = { emailAccountId, subjectId: id, at: clock.now() }
    await events.appendAll(
      tx,
      changes.map((change) => ({ ...change, ...common }) as NewEvent),
    )
  }

  return { apply, revert }
}

type LockedRow = Awaited<ReturnType<typeof lock>>
type Change = Pick<NewEvent, 'kind' | 'payload'>

/** Filing waits for this lock, so it comes late in a transaction. */
function lock(tx: Tx, id: ConversationId) {
  return tx
    .selectFrom('conversations')
    .select(['id', 'email_account_id', 'needs_reply', 'place', 'placed_by'])
    .select(['status', 'snoozed_until', 'status_by', 'assignee_id', 'assigned_by'])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow()
}

/** Removes the ids of earlier answers from changes that this answer needs too: canceling those answers then keeps them. */
function keptOf(row: LockedRow, { assigns, status, isForward = false }: AnswerRecord) {
  return {
    ...(!isForward && row.place === 'inbox' && row.placed_by !== null && { placed_by: null }),
    ...(status === row.status && row.status_by !== null && { status_by: null }),
    ...(assigns && row.assigned_by !== null && { assigned_by: null }),
  }
}

async function update(tx: Tx, id: ConversationId, values: UpdateObject<Schema, 'conversations'>): Promise<void> {
  await tx.updateTable('conversations').set(values).where('id', '=', id).execute()
}

/** A snooze that has ended since is not repeated. */
function restoredStatus({ from, snoozedUntil }: NonNullable<AnswerEffect['status']>, now: Date) {
  const until = snoozedUntil === null ? null : new Date(snoozedUntil)
  return until && until <= now ? { to: 'open' as const, snoozedUntil: null } : { to: from, snoozedUntil: until }
}

function assigned(conversationId: ConversationId, assigneeId: string | null, by: string): Change {
  return { kind: 'conversation.assigned', payload: { conversationId, assigneeId, by } }
}

function placed(conversationId: ConversationId, from: ConversationPlace, to: ConversationPlace, by: string): Change {
  return { kind: placeEvent(from, to), payload: { conversationId, by } }
}

function statusEvent(conversationId: ConversationId, to: ConversationStatus, until: Date | null, by: string): Change {
  const payload = { conversationId, by }
  switch (to) {
    case 'open':
      return { kind: 'conversation.reopened', payload }
    case 'waiting':
      return { kind: 'conversation.wait_started', payload }
    case 'closed':
      return { kind: 'conversation.closed', payload }
    case 'snoozed':
      return { kind: 'conversation.snoozed', payload: { ...payload, until: until!.toISOString() } }
  }
}
