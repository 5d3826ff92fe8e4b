import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
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
      database.transaction(async (tx) => {
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
          ON CONFLICT (conversation_id, person_id) DO UPDATE SET is_following = excluded.is_following
            WHERE conversation_followers.is_following <> excluded.is_following
          RETURNING 1`.execute(tx)
        if (changed.length === 0) return
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
 *
 * @returns true if a person follows who did not decide before
 */
export async function followBy(tx: Tx, id: ConversationId, personIds: readonly string[]): Promise<boolean> {
  const people = [...new Set(personIds)].filter((personId) => !personId.startsWith('api-key:'))
  if (people.length === 0) return false
  const { rows } = await sql`INSERT INTO conversation_followers (conversation_id, person_id)
    SELECT ${id}, person_id FROM unnest(${people}::text[]) AS person_id
    ON CONFLICT (conversation_id, person_id) DO NOTHING RETURNING 1`.execute(tx)
  return rows.length > 0
}

/** Reverts {@link followBy} for a person, unless they unfollowed since. */
export async function unfollow(tx: Tx, id: ConversationId, personId: string): Promise<void> {
  await tx
    .deleteFrom('conversation_followers')
    .where('conversation_id', '=', id)
    .where('person_id', '=', personId)
    .where('is_following', '=', true)
    .execute()
}
