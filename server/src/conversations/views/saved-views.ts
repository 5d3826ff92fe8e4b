import { sql, type Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../../database/index.ts'
import type { EventKind, Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import { newId, type SavedViewId } from '../../kernel/ids.ts'
import { storable, storableLine } from '../stored/storable.ts'

const MOST_OF_PERSON = 100
const MOST_LISTED = 500

/** A search under a name. */
export interface SavedView {
  id: SavedViewId
  ownerId: string
  name: string
  query: string
  /** View to which the search is limited. */
  view: string
  /** Listed for the whole team; otherwise for its owner only. */
  isShared: boolean
}

export type SavedViewInput = Pick<SavedView, 'name' | 'query' | 'view' | 'isShared'>

/** Person who acts on saved views. */
export interface ViewEditor {
  id: string
  /** True for admins and supervisors, who change shared views of others. */
  changesShared: boolean
}

/** Searches that people have saved. Each result still depends on the mailboxes of the person who opens the view. */
export interface SavedViews {
  /** Own views and shared ones, by name. */
  list(personId: string): Promise<SavedView[]>
  /** @throws AppError `conversations.too_many_saved_views` */
  create(input: SavedViewInput, personId: string): Promise<SavedView>
  /**
   * @throws AppError `conversations.saved_view_not_found`, also for a personal view of another person;
   *   `conversations.saved_view_of_other` for a shared view of another person, except to admins and supervisors
   */
  update(id: SavedViewId, input: SavedViewInput, editor: ViewEditor): Promise<SavedView>
  /** @throws AppError as {@link SavedViews.update} */
  remove(id: SavedViewId, editor: ViewEditor): Promise<void>
}

export function createSavedViews(deps: { database: Database; clock: Clock; events: Events }): SavedViews {
  const { database, clock, events } = deps
  const { db } = database

  async function list(personId: string): Promise<SavedView[]> {
    const rows = await db
      .selectFrom('saved_views')
      .selectAll()
      .where((where) => where.or([where('owner_id', '=', personId), where('is_shared', '=', true)]))
      .orderBy(sql`lower(name)`)
      .orderBy('id')
      .limit(MOST_LISTED)
      .execute()
    return rows.map(toSavedView)
  }

  function create(input: SavedViewInput, personId: string): Promise<SavedView> {
    return database.creation(async (tx) => {
      const { rows } = await sql<{ count: number }>`SELECT count(*)::integer AS count FROM saved_views
        WHERE owner_id = ${personId}`.execute(tx)
      if (rows[0]!.count >= MOST_OF_PERSON) throw new AppError('conversations.too_many_saved_views')
      const row = await tx
        .insertInto('saved_views')
        .values({ id: newId<SavedViewId>(), owner_id: personId, ...columnsOf(input), created_at: clock.now() })
        .returningAll()
        .executeTakeFirstOrThrow()
      await announce(tx, 'saved_view.created', row.id, personId)
      return toSavedView(row)
    })
  }

  function update(id: SavedViewId, input: SavedViewInput, editor: ViewEditor): Promise<SavedView> {
    return database.transaction(async (tx) => {
      await editable(tx, id, editor)
      const row = await tx
        .updateTable('saved_views')
        .set(columnsOf(input))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow()
      await announce(tx, 'saved_view.changed', id, editor.id)
      return toSavedView(row)
    })
  }

  function remove(id: SavedViewId, editor: ViewEditor): Promise<void> {
    return database.transaction(async (tx) => {
      await editable(tx, id, editor)
      await tx.deleteFrom('saved_views').where('id', '=', id).execute()
      await announce(tx, 'saved_view.deleted', id, editor.id)
    })
  }

  function announce(tx: Tx, kind: EventKind & `saved_view.${string}`, id: SavedViewId, personId: string) {
    const payload = { by: `person:${personId}` }
    return events.append(tx, { kind, subjectId: id, payload, at: clock.now() })
  }

  return { list, create, update, remove }
}

async function editable(tx: Tx, id: SavedViewId, { id: personId, changesShared }: ViewEditor): Promise<void> {
  const row = await tx
    .selectFrom('saved_views')
    .select(['owner_id', 'is_shared'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (row?.owner_id === personId) return
  if (!row?.is_shared) throw new AppError('conversations.saved_view_not_found')
  if (!changesShared) throw new AppError('conversations.saved_view_of_other')
}

function columnsOf({ name, query, view, isShared }: SavedViewInput) {
  return { name: storableLine(name), query: storable(query), view, is_shared: isShared }
}

function toSavedView(row: Selectable<Schema['saved_views']>): SavedView {
  const { id, owner_id: ownerId, name, query, view, is_shared: isShared } = row
  return { id, ownerId, name, query, view, isShared }
}
