import { sql } from 'kysely'
import type { AuditLog } from '../../audit/index.ts'
import type { Database, Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import { newId, type ConversationId, type StoredMessageId } from '../../kernel/ids.ts'
import type { Address } from '../../mail/index.ts'
import type { Conversation } from '../stored/conversation.ts'
import type { SentMailHook } from '../filing/filing-hooks.ts'
import { OWNER, toConversation } from '../stored/rows.ts'
import { needsReply } from '../stored/shown-columns.ts'
import { accountsOf } from '../threading/accounts-of.ts'
import { moveConversations, refreshConversations } from '../threading/move-conversations.ts'
import { addressKey } from '../threading/participants.ts'
import { placeEvent, recordPlace } from './places.ts'

const MOST_PARTICIPANTS = 100

export interface MergeAndSplitDeps {
  database: Database
  clock: Clock
  events: Events
  audit: AuditLog
  hooks: readonly SentMailHook[]
}

/** Merges and splits conversations, where a user knows better than the headers. */
export function createMergeAndSplit({ database, clock, events, audit, hooks }: MergeAndSplitDeps) {
  function merge(id: ConversationId, into: ConversationId, actor: string): Promise<Conversation> {
    return database.transaction(async (tx) => {
      const [from, target] = await held(tx, id, into)
      if (from.emailAccountId !== target.emailAccountId) throw new AppError('conversations.other_account')
      await moveConversations(tx, hooks, [{ from: id, into }])
      const { status, snoozedUntil } = statusOfBoth(target, from)
      // A conversation in the inbox keeps the other one's mail there.
      const place = from.place === 'inbox' ? 'inbox' : target.place
      await tx
        .updateTable('conversations')
        .set({ status, snoozed_until: snoozedUntil ?? null, place, placed_by: null })
        .where('id', '=', into)
        .execute()
      await sql`UPDATE conversations SET tag_ids = tag_ids || ARRAY(
          SELECT tag_id FROM unnest(${from.tagIds}::uuid[]) AS tag_id WHERE tag_id <> ALL (tag_ids))
        WHERE id = ${into}`.execute(tx)
      const after = await showAnew(tx, into, [...target.participants, ...from.participants])
      await audit.record(tx, { actor, action: 'conversation.merged', subject: into, detail: { merged: id } })
      await events.appendAll(tx, [
        {
          ...subjectOf(target),
          kind: 'conversation.merged',
          payload: { conversationId: into, merged: id, by: actor },
        },
        { ...subjectOf(from), kind: 'conversation.superseded', payload: { conversationId: id, into, by: actor } },
      ])
      if (place !== target.place)
        await recordPlace(events, tx, subjectOf(target), placeEvent(target.place, place), actor)
      return after
    })
  }

  function split(id: ConversationId, messageIds: readonly StoredMessageId[], actor: string): Promise<Conversation> {
    return database.creation(async (tx) => {
      const [from] = await held(tx, id)
      const chosen = await tx
        .selectFrom('messages')
        .select(['id', 'message_id', 'remote_conversation_id'])
        .where('conversation_id', '=', id)
        .where('id', 'in', [...messageIds])
        .execute()
      if (chosen.length !== new Set(messageIds).size) throw new AppError('conversations.not_found')
      if (chosen.length >= from.messageCount) throw new AppError('conversations.nothing_left')
      const newConversation = newId<ConversationId>()
      const [, ...former] = await accountsOf(tx, id)
      await tx
        .insertInto('conversations')
        .values({
          id: newConversation,
          email_account_id: from.emailAccountId,
          moved_from: former,
          subject: '',
          status: 'open',
          place: from.place,
          assignee_id: from.assigneeId ?? null,
          tag_ids: [...from.tagIds],
          ...(from.legalHold && {
            hold_reason: from.legalHold.reason,
            held_by: from.legalHold.by,
            held_at: from.legalHold.at,
          }),
          has_files: from.hasAttachments,
          participants: '[]',
          preview: '',
          unread: false,
          message_count: 0,
          last_message_at: from.lastMessageAt,
          created_at: clock.now(),
        })
        .execute()
      const ids = chosen.map((one) => one.id)
      await sql`UPDATE messages SET conversation_id = ${newConversation}, split_proposed = false
        WHERE id = ANY(${ids}::uuid[])`.execute(tx)
      const own = chosen.flatMap((one) => (one.message_id === null ? [] : [one.message_id]))
      await sql`UPDATE conversation_message_ids SET conversation_id = ${newConversation}
        WHERE email_account_id = ANY(${[from.emailAccountId, ...former]}::uuid[])
          AND message_id = ANY(${own}::text[])`.execute(tx)
      const after = await showAnew(tx, newConversation, await participantsOf(tx, newConversation, from.participants))
      await showAnew(tx, id, from.participants)
      await audit.record(tx, { actor, action: 'conversation.split', subject: id, detail: { into: newConversation, messages: ids } }) // prettier-ignore
      await events.appendAll(tx, [
        {
          ...subjectOf(from),
          kind: 'conversation.split',
          payload: { conversationId: id, into: newConversation, by: actor },
        },
        {
          ...subjectOf(after),
          kind: 'conversation.created',
          payload: { conversationId: newConversation, splitFrom: id, by: actor },
        },
      ])
      return after
    })
  }

  async function keepTogether(messageId: StoredMessageId, actor: string): Promise<void> {
    await database.transaction(async (tx) => {
      const row = await tx
        .updateTable('messages')
        .set({ split_proposed: false })
        .where('id', '=', messageId)
        .where('split_proposed', '=', true)
        .returning(['conversation_id', OWNER])
        .executeTakeFirst()
      if (!row) return
      await events.append(tx, {
        kind: 'message.split_declined',
        emailAccountId: row.owner_id,
        subjectId: messageId,
        payload: { conversationId: row.conversation_id, by: actor },
        at: clock.now(),
      })
    })
  }

  /** Locks conversations in the order of their ids, so that opposite merges can't deadlock. */
  async function held(tx: Tx, ...ids: ConversationId[]): Promise<[Conversation, Conversation]> {
    const rows = await tx
      .selectFrom('conversations')
      .selectAll()
      .where('id', 'in', ids)
      .orderBy('id')
      .forUpdate()
      .execute()
    const found = ids.map((id) => rows.find((row) => row.id === id))
    if (found.some((row) => !row)) throw new AppError('conversations.not_found')
    if (new Set(ids).size < ids.length || found.some((row) => row!.merged_into !== null)) {
      throw new AppError('conversations.merged_already')
    }
    return found.map((row) => toConversation(row!)) as [Conversation, Conversation]
  }

  function subjectOf({ id, emailAccountId }: Conversation) {
    return { emailAccountId, subjectId: id, at: clock.now() }
  }

  return { merge, split, keepTogether }
}

/** The conversation that needs attention first decides: an open one, then the one whose snooze ends first. */
function statusOfBoth(target: Conversation, from: Conversation): Pick<Conversation, 'status' | 'snoozedUntil'> {
  const urgency = ({ status, snoozedUntil }: Conversation) =>
    status === 'snoozed' ? snoozedUntil!.getTime() : { open: 0, waiting: Infinity, closed: NaN }[status]
  const [ofTarget, ofOther] = [urgency(target), urgency(from)]
  return Number.isNaN(ofTarget) || ofOther < ofTarget ? from : target
}

/** Participants of the old conversation who appear in one of these messages, under their known names. */
async function participantsOf(tx: Tx, id: ConversationId, known: readonly Address[]): Promise<Address[]> {
  const rows = await tx
    .selectFrom('messages')
    .select(['from_address', 'to_addresses', 'cc_addresses', 'reply_to_addresses'])
    .where('conversation_id', '=', id)
    .execute()
  const here = new Set(
    rows
      .flatMap(
        (row) =>
          [row.from_address, row.to_addresses, row.cc_addresses, row.reply_to_addresses].flat() as (Address | null)[],
      ) // prettier-ignore
      .flatMap((one) => (one ? [addressKey(one)] : [])),
  )
  return known.filter((one) => here.has(addressKey(one)))
}

/** Updates the columns that lists show. */
async function showAnew(tx: Tx, id: ConversationId, participants: readonly Address[]): Promise<Conversation> {
  const once = [...new Map(participants.map((one) => [addressKey(one), one])).values()].slice(0, MOST_PARTICIPANTS)
  await sql`UPDATE conversations SET participants = ${JSON.stringify(once)}::jsonb,
      needs_reply = ${needsReply(sql`${id}::uuid`)}
    WHERE id = ${id}`.execute(tx)
  await refreshConversations(tx, [id])
  return toConversation(await tx.selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirstOrThrow())
}
