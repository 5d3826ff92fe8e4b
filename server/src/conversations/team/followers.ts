import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import { isPerson } from '../../kernel/authors.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId } from '../../kernel/ids.ts'

/** People who follow a conversation are notified of the answers of its customer. */
export interface Followers {
  /** Ids of people. One statement. */
  list(id: ConversationId): Promise<string[]>
  /**
   * Follows or unfollows for a person.
   *
   * @throws AppError `conversations.not_found`, `conversations.merged_already`
   */
  set(id: ConversationId, personId: string, follows: boolean): Promise<void>
}

export function createFollowers(deps: { database: Database; clock: Clock; events: Events }): Followers {
  const { database, clock, events } = deps

  return {
    async list(id) {
      const rows = await database.db
        .selectFrom('conversation_followers')
        .select('person_id')
        .where('conversation_id', '=', id)
        .where('is_following', '=', true)
        .orderBy('person_id')
        .execute()
      return rows.map((row) => row.person_id)
    },

    set: (id, personId, follows) =>
      database.transaction(async (tx): Promise<void> => {
        const row = await tx
          .selectFrom('conversations')
          .select(['email_account_id', 'merged_into'])
          .where('id', '=', id)
          .forKeyShare()
          .executeTakeFirst()
        if (!row) throw new AppError('conversations.not_found')
        if (row.merged_into !== null) throw new AppError('conversations.merged_already')
        const { rows: changed } = await sql`
          INSERT INTO conversation_followers (conversation_id, person_id, is_following)
          VALUES (${id}, ${personId}, ${follows})
          ON CONFLICT (conversation_id, person_id) DO UPDATE SET is_following = excluded.is_following, followed_by = NULL
            WHERE conversation_followers.is_following <> excluded.is_following
          RETURNING 1`.execute(tx)
        // A person who follows only by an answer has decided now.
        if (changed.length === 0) return followBy(tx, id, follows ? [personId] : [])
        await events.append(tx, {
          kind: follows ? 'conversation.followed' : 'conversation.unfollowed',
          emailAccountId: row.email_account_id,
          subjectId: id,
          payload: { conversationId: id, by: `person:${personId}` },
          at: clock.now(),
        })
      }),
  }
}

/**
 * Follows for people who take part: they answered, wrote a note or were mentioned. An assignment alone follows nothing: the
 * assignee is notified anyway, until it is assigned to another person. A person who unfollowed stays so until they follow
 * again. One statement.
 */
export async function followBy(tx: Tx, id: ConversationId, personIds: readonly string[]): Promise<void> {
  await insertFollowers(tx, id, personIds, null)
}

/**
 * Like {@link followBy}, for the author of an answer.
 *
 * @returns true if the person follows only by this answer
 */
export async function followByAnswer(tx: Tx, id: ConversationId, author: string, answerId: string): Promise<boolean> {
  return insertFollowers(tx, id, [author], answerId)
}

/** A second way of taking part removes the id of an answer: canceling that answer then changes nothing. */
async function insertFollowers(
  tx: Tx,
  id: ConversationId,
  personIds: readonly string[],
  answerId: string | null,
): Promise<boolean> {
  const people = [...new Set(personIds)].filter(isPerson)
  if (people.length === 0) return false
  const { rows } = await sql<{ followed_by: string | null }>`
    INSERT INTO conversation_followers AS known (conversation_id, person_id, followed_by)
    SELECT ${id}, person_id, ${answerId}::uuid FROM unnest(${people}::text[]) AS person_id
    ON CONFLICT (conversation_id, person_id) DO UPDATE SET followed_by = NULL WHERE known.followed_by IS NOT NULL
    RETURNING followed_by`.execute(tx)
  return rows.some((row) => row.followed_by !== null)
}

/** Reverts {@link followByAnswer}, unless the person took part in another way since, or unfollowed. */
export async function revertFollow(tx: Tx, id: ConversationId, personId: string, answerId: string): Promise<void> {
  await tx
    .deleteFrom('conversation_followers')
    .where('conversation_id', '=', id)
    .where('person_id', '=', personId)
    .where('followed_by', '=', answerId)
    .execute()
}
