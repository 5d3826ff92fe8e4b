import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId, EmailAccountId, TagId } from '../../kernel/ids.ts'
import type { Conversation } from '../stored/conversation.ts'
import { toConversation } from '../stored/rows.ts'

/** Bounds a row of a list. A merge may exceed it. */
const MOST_TAGS = 20

export interface TagChanges {
  add: readonly TagId[]
  remove: readonly TagId[]
}

/** Tags of conversations. Changes nothing in the mailbox. */
export interface ConversationTags {
  /**
   * Adds and removes tags; those that a conversation has or lacks already change nothing.
   *
   * @throws AppError `conversations.tag_not_found` when a tag to add does not exist; `conversations.too_many_tags`
   */
  change(id: ConversationId, changes: TagChanges, actor: string): Promise<Conversation>
  /**
   * Changes the tags of many conversations in four statements, whatever their number. Conversations that would have too
   * many tags stay as they are, and so do merged ones.
   *
   * @throws AppError `conversations.tag_not_found`
   */
  changeMany(tx: Tx, ids: readonly ConversationId[], changes: TagChanges, actor: string): Promise<TaggedMany>
}

export interface TaggedMany {
  changed: { id: ConversationId; added: TagId[]; removed: TagId[] }[]
  /** Conversations that would have too many tags. */
  full: ConversationId[]
}

interface HeldRow {
  id: ConversationId
  emailAccountId: EmailAccountId
  before: TagId[]
  after: TagId[]
}

export function createConversationTags(deps: { database: Database; clock: Clock; events: Events }): ConversationTags {
  const { database, clock, events } = deps

  function change(id: ConversationId, changes: TagChanges, actor: string): Promise<Conversation> {
    return database.transaction(async (tx) => {
      const { full } = await changeMany(tx, [id], changes, actor)
      if (full.length > 0) throw new AppError('conversations.too_many_tags')
      const row = await tx.selectFrom('conversations').selectAll().where('id', '=', id).executeTakeFirst()
      if (!row) throw new AppError('conversations.not_found')
      if (row.merged_into !== null) throw new AppError('conversations.merged_already')
      return toConversation(row)
    })
  }

  async function changeMany(
    tx: Tx,
    ids: readonly ConversationId[],
    { add, remove }: TagChanges,
    actor: string,
  ): Promise<TaggedMany> {
    const names = await namesOf(tx, add, remove)
    const after = sql`ARRAY(SELECT tag_id FROM unnest(tag_ids) WITH ORDINALITY AS old(tag_id, place)
        WHERE tag_id <> ALL (${remove}::uuid[]) ORDER BY place)
      || ARRAY(SELECT tag_id FROM unnest(${[...new Set(add)]}::uuid[]) AS tag_id WHERE tag_id <> ALL (tag_ids))`
    const { rows: held } = await sql<HeldRow>`
      SELECT id, email_account_id AS "emailAccountId", tag_ids AS before, ${after} AS after FROM conversations
      WHERE id = ANY(${ids}::uuid[]) AND merged_into IS NULL ORDER BY id FOR UPDATE`.execute(tx)
    const isFull = ({ before, after: wanted }: HeldRow) => wanted.length > Math.max(MOST_TAGS, before.length)
    const differing = held.filter((row) => row.after.join() !== row.before.join() && !isFull(row))
    const changed = differing.map((row) => ({
      ...row,
      added: row.after.filter((tag) => !row.before.includes(tag)),
      removed: row.before.filter((tag) => !row.after.includes(tag)),
    }))
    if (changed.length > 0) {
      await sql`UPDATE conversations SET tag_ids = ${after}
        WHERE id = ANY(${changed.map(({ id }) => id)}::uuid[])`.execute(tx)
    }
    const named = (tags: readonly TagId[]) => tags.map((id) => ({ id, name: names.get(id) ?? '' }))
    await events.appendAll(
      tx,
      changed.map(({ id, emailAccountId, added, removed }) => ({
        kind: 'conversation.tagged',
        emailAccountId,
        subjectId: id,
        payload: { conversationId: id, added: named(added), removed: named(removed), by: actor },
        at: clock.now(),
      })),
    )
    return {
      changed: changed.map(({ id, added, removed }) => ({ id, added, removed })),
      full: held.filter(isFull).map(({ id }) => id),
    }
  }

  return { change, changeMany }
}

/**
 * Names of tags, by id. A deleted tag can be removed, but not added.
 *
 * @throws AppError `conversations.tag_not_found`
 */
async function namesOf(tx: Tx, add: readonly TagId[], remove: readonly TagId[]): Promise<ReadonlyMap<TagId, string>> {
  const ids = [...new Set([...add, ...remove])]
  if (ids.length === 0) return new Map()
  const rows = await tx.selectFrom('tags').select(['id', 'name', 'deleted_at']).where('id', 'in', ids).execute()
  const found = new Map(rows.map((row) => [row.id, row]))
  const isLost = add.some((id) => found.get(id)?.deleted_at !== null) || remove.some((id) => !found.has(id))
  if (isLost) throw new AppError('conversations.tag_not_found')
  return new Map(rows.map(({ id, name }) => [id, name]))
}
