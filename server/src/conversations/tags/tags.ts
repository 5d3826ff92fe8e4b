import { sql } from 'kysely'
import type { AuditLog } from '../../audit/index.ts'
import { isUniqueViolation, type Database, type Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import { newId, type TagId } from '../../kernel/ids.ts'
import { TAG_COLORS, toTag, type Tag, type TagColor } from './tag.ts'

/** Bounds the list that each browser loads. */
const MOST_TAGS = 500

/** The tags of an installation. */
export interface Tags {
  /** By name. */
  list(state?: 'current' | 'deleted'): Promise<Tag[]>
  /**
   * @param color  by default the one that the fewest tags have
   * @throws AppError `conversations.tag_name_taken`, `conversations.too_many_tags`
   */
  create(tag: { name: string; color?: TagColor | undefined }, actor: string): Promise<Tag>
  change(id: TagId, changes: { name?: string | undefined; color?: TagColor | undefined }, actor: string): Promise<Tag>
  /** Hides the tag everywhere. Conversations keep its id for {@link restore}, so the cost does not grow with them. */
  delete(id: TagId, actor: string): Promise<void>
  restore(id: TagId, actor: string): Promise<Tag>
}

export function createTags(deps: { database: Database; clock: Clock; events: Events; audit: AuditLog }): Tags {
  const { database, clock, events, audit } = deps

  async function list(state: 'current' | 'deleted' = 'current'): Promise<Tag[]> {
    const rows = await database.db
      .selectFrom('tags')
      .selectAll()
      .where('deleted_at', state === 'deleted' ? 'is not' : 'is', null)
      .orderBy(sql`lower(name)`)
      .limit(MOST_TAGS)
      .execute()
    return rows.map(toTag)
  }

  function create({ name, color }: { name: string; color?: TagColor | undefined }, actor: string): Promise<Tag> {
    return changeNames(async (tx) => {
      const used = await usedColors(tx)
      const chosen = color ?? rarest(used)
      const row = await tx
        .insertInto('tags')
        .values({ id: newId<TagId>(), name, color: chosen, created_at: clock.now() })
        .returningAll()
        .executeTakeFirstOrThrow()
      await audit.record(tx, { actor, action: 'tag.created', subject: row.id, detail: { name, color: chosen } })
      await announce(tx, 'tag.created', row.id, actor)
      return toTag(row)
    })
  }

  function change(
    id: TagId,
    { name, color }: { name?: string | undefined; color?: TagColor | undefined },
    actor: string,
  ): Promise<Tag> {
    return changeNames(async (tx) => {
      const before = await locked(tx, id, false)
      const after = { ...before, name: name ?? before.name, color: color ?? before.color }
      if (after.name === before.name && after.color === before.color) return before
      await tx.updateTable('tags').set({ name: after.name, color: after.color }).where('id', '=', id).execute()
      const detail = { from: before.name, to: after.name, fromColor: before.color, toColor: after.color }
      await audit.record(tx, { actor, action: 'tag.changed', subject: id, detail })
      await announce(tx, 'tag.changed', id, actor)
      return after
    })
  }

  function remove(id: TagId, actor: string): Promise<void> {
    return database.transaction(async (tx) => {
      const { name } = await locked(tx, id, false)
      await tx.updateTable('tags').set({ deleted_at: clock.now() }).where('id', '=', id).execute()
      await audit.record(tx, { actor, action: 'tag.deleted', subject: id, detail: { name } })
      await announce(tx, 'tag.deleted', id, actor)
    })
  }

  function restore(id: TagId, actor: string): Promise<Tag> {
    return changeNames(async (tx) => {
      const tag = await locked(tx, id, true)
      await usedColors(tx)
      await tx.updateTable('tags').set({ deleted_at: null }).where('id', '=', id).execute()
      await audit.record(tx, { actor, action: 'tag.restored', subject: id, detail: { name: tag.name } })
      await announce(tx, 'tag.restored', id, actor)
      return tag
    })
  }

  function announce(tx: Tx, kind: `tag.${'created' | 'changed' | 'deleted' | 'restored'}`, id: TagId, actor: string) {
    return events.append(tx, { kind, subjectId: id, payload: { by: actor }, at: clock.now() })
  }

  /** Runs a change after which two tags could have one name. */
  async function changeNames<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await database.creation(work)
    } catch (error) {
      if (isUniqueViolation(error, 'tags_by_name')) throw new AppError('conversations.tag_name_taken', { cause: error })
      throw error
    }
  }

  return { list, create, change, delete: remove, restore }
}

async function locked(tx: Tx, id: TagId, isDeleted: boolean): Promise<Tag> {
  const row = await tx
    .selectFrom('tags')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', isDeleted ? 'is not' : 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (!row) throw new AppError('conversations.tag_not_found')
  return toTag(row)
}

/**
 * Colors of the current tags.
 *
 * @throws AppError `conversations.too_many_tags` when no other tag may be added
 */
async function usedColors(tx: Tx): Promise<string[]> {
  const used = await tx.selectFrom('tags').select('color').where('deleted_at', 'is', null).execute()
  if (used.length >= MOST_TAGS) throw new AppError('conversations.too_many_tags')
  return used.map(({ color }) => color)
}

function rarest(used: readonly string[]): TagColor {
  // The first color is the least conspicuous one: it is left for a deliberate choice.
  const [, ...colors] = TAG_COLORS
  const counted = colors.map((color) => ({ color, count: used.filter((each) => each === color).length }))
  return counted.reduce((best, one) => (one.count < best.count ? one : best)).color
}
