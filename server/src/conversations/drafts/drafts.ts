import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import { appendFrom, type EventsOfRows, type VisibleAccounts } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import {
  newId,
  type ConversationId,
  type DraftAttachmentId,
  type DraftId,
  type EmailAccountId,
} from '../../kernel/ids.ts'
import type { OutgoingAttachment } from '../../mail/index.ts'
import type { Draft, DraftAttachment, DraftContent } from '../stored/conversation.ts'
import {
  attachmentsByDraft,
  createDraftAttachments,
  insertAttachments,
  outgoingAttachments,
} from './draft-attachments.ts'
import {
  announced,
  announcedAt,
  listenForDraftChanges,
  whenDue,
  type DraftChangeListener,
} from './draft-announcements.ts'
import { listDrafts, type ListedDraft } from './listed-drafts.ts'
import { toDraft } from '../stored/rows.ts'
import { storable } from '../stored/storable.ts'

interface NewDraft {
  id?: DraftId | undefined
  emailAccountId: EmailAccountId
  conversationId?: ConversationId | undefined
  authorId: string
  content: DraftContent
}

/** Drafts of a team's messages. */
export interface Drafts {
  /**
   * Creates or saves a draft. Without `version` it is created, under `id` if given. With `version`, the last one read, it
   * is updated.
   *
   * @throws AppError `conversations.draft_changed` when it was saved since, or exists under this id
   */
  save(input: NewDraft & { version?: number | undefined }): Promise<Draft>
  find(id: DraftId): Promise<Draft | undefined>
  /** The latest 200 of an author, without their texts. Two statements. */
  list(input: { authorId: string; emailAccountIds: VisibleAccounts }): Promise<ListedDraft[]>
  /** Hides a draft with its attachments. It can be brought back for a day, see {@link deleteDiscardedDrafts}. */
  discard(id: DraftId): Promise<void>
  /** Finds a discarded draft. */
  findDiscarded(id: DraftId): Promise<Draft | undefined>
  /**
   * Undoes {@link Drafts.discard}.
   *
   * @throws AppError `conversations.not_found` when it was not discarded, or deleted since
   */
  bringBack(id: DraftId): Promise<Draft>
  /** All or none. `submission` checks whether they may be sent. */
  attach(id: DraftId, attachments: readonly OutgoingAttachment[]): Promise<DraftAttachment[]>
  detach(id: DraftId, attachmentId: DraftAttachmentId): Promise<void>
  /** Bytes of an attachment; undefined if the draft has no such attachment. */
  content(id: DraftId, attachmentId: DraftAttachmentId): Promise<Buffer | undefined>
  /** Deletes a draft that is sent. @returns its attachments */
  take(tx: Tx, id: DraftId, of: { authorId: string; emailAccountId: EmailAccountId }): Promise<OutgoingAttachment[]>
  /** Makes a canceled submission a draft of its author again. */
  restore(tx: Tx, input: NewDraft & { attachments: readonly OutgoingAttachment[] }): Promise<DraftId>
  /**
   * Subscribes to changes of content and attachments, on every server, at most one for a draft per
   * {@link ANNOUNCED_EVERY_MS}. Only the author of a draft may learn of them.
   */
  onChange(listener: DraftChangeListener): Promise<() => Promise<void>>
}

/**
 * Stores drafts of messages. `draft.created`, `draft.deleted` and `draft.restored` are written in the transaction of the
 * change. Saving the content writes no event: a composer saves after each pause in typing, and every client would reload
 * its lists. It is announced to the author alone.
 */
export function createDrafts(deps: { database: Database; clock: Clock }): Drafts {
  const { database, clock } = deps
  const { db } = database

  async function save(input: NewDraft & { version?: number | undefined }): Promise<Draft> {
    if (input.id === undefined || input.version === undefined) {
      if (input.conversationId) await expectConversation(input.conversationId, input.emailAccountId)
      const created = await database.createInOne((statement) => insert(statement, input))
      return created ? toDraft(created) : refuse(input.id!, input.authorId)
    }
    const saved = await update({ ...input, id: input.id, version: input.version })
    return saved ? whole(saved) : refuse(input.id, input.authorId)
  }

  /** Saves the content of a draft at this version and announces it. One statement. */
  function update({ id, authorId, version, ...input }: NewDraft & { id: DraftId; version: number }) {
    const now = clock.now()
    const content = contentJson(input.content)
    return database.oneStatement((statement) =>
      statement
        .with('due', (parts) => whenDue(parts, id, now))
        .with('saved', (parts) =>
          parts
            .updateTable('drafts')
            .set((eb) => ({
              content,
              version: eb('version', '+', 1),
              updated_at: now,
              announced_at: announcedAt(now),
            }))
            .where('id', '=', id)
            .where('discarded_at', 'is', null)
            .where('author_id', '=', authorId)
            .where('version', '=', version)
            .returningAll(),
        )
        .selectFrom('saved')
        .selectAll()
        .select(announced({ withVersion: true }).as('announced'))
        .executeTakeFirst(),
    )
  }

  async function refuse(id: DraftId, authorId: string): Promise<never> {
    const draft = await find(id)
    if (draft?.authorId === authorId) throw new AppError('conversations.draft_changed')
    throw new AppError('conversations.not_found')
  }

  /** Inserts a draft. Returns undefined if a draft with this id exists. One statement. */
  function insert(on: Database['db'] | Tx, input: NewDraft) {
    const now = clock.now()
    return on
      .with('created', (parts) =>
        parts
          .insertInto('drafts')
          .values({
            id: input.id ?? newId<DraftId>(),
            email_account_id: input.emailAccountId,
            conversation_id: input.conversationId ?? null,
            author_id: input.authorId,
            content: contentJson(input.content),
            version: 1,
            updated_at: now,
          })
          .onConflict((conflict) => conflict.column('id').doNothing())
          .returningAll(),
      )
      .with('told', (parts) => appendFrom(parts, eventsOf('created', 'draft.created', now)))
      .selectFrom('created')
      .selectAll()
      .executeTakeFirst()
  }

  /** Discards or restores a draft; has no effect if that is done already. One statement. */
  async function setDiscarded(id: DraftId, isDiscarded: boolean): Promise<boolean> {
    const at = clock.now()
    const kind = isDiscarded ? 'draft.deleted' : 'draft.restored'
    const changed = await database.oneStatement((statement) =>
      statement
        .with('changed', (parts) =>
          parts
            .updateTable('drafts')
            .set({ discarded_at: isDiscarded ? at : null })
            .where('id', '=', id)
            .where('discarded_at', isDiscarded ? 'is' : 'is not', null)
            .returningAll(),
        )
        .with('told', (parts) => appendFrom(parts, eventsOf('changed', kind, at)))
        .selectFrom('changed')
        .select('id')
        .executeTakeFirst(),
    )
    return changed !== undefined
  }

  /** Deletes a draft that is sent. One statement. */
  async function remove(on: Tx, id: DraftId): Promise<void> {
    await on
      .with('deleted', (parts) => parts.deleteFrom('drafts').where('id', '=', id).returningAll())
      .with('told', (parts) => appendFrom(parts, eventsOf('deleted', 'draft.deleted', clock.now())))
      .selectFrom('deleted')
      .select('id')
      .execute()
  }

  async function expectConversation(id: ConversationId, emailAccountId: EmailAccountId): Promise<void> {
    const found = await db
      .selectFrom('conversations')
      .select('id')
      .where('id', '=', id)
      .where('email_account_id', '=', emailAccountId)
      .executeTakeFirst()
    if (!found) throw new AppError('conversations.not_found')
  }

  async function find(id: DraftId, isDiscarded = false): Promise<Draft | undefined> {
    const row = await db
      .selectFrom('drafts')
      .selectAll()
      .where('id', '=', id)
      .where('discarded_at', isDiscarded ? 'is not' : 'is', null)
      .executeTakeFirst()
    return row && whole(row)
  }

  async function bringBack(id: DraftId): Promise<Draft> {
    const draft = (await setDiscarded(id, false)) ? await find(id) : undefined
    if (!draft) throw new AppError('conversations.not_found')
    return draft
  }

  async function whole(row: Parameters<typeof toDraft>[0]): Promise<Draft> {
    return toDraft(row, (await attachmentsByDraft(db, [row.id])).get(row.id))
  }

  async function take(
    tx: Tx,
    id: DraftId,
    { authorId, emailAccountId }: { authorId: string; emailAccountId: EmailAccountId },
  ): Promise<OutgoingAttachment[]> {
    const found = await tx
      .selectFrom('drafts')
      .select('id')
      .where('id', '=', id)
      .where('author_id', '=', authorId)
      .where('email_account_id', '=', emailAccountId)
      .where('discarded_at', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    if (!found) throw new AppError('conversations.not_found')
    const attachments = await outgoingAttachments(tx, id)
    await remove(tx, id)
    return attachments
  }

  async function restore(
    tx: Tx,
    { attachments, ...input }: NewDraft & { attachments: readonly OutgoingAttachment[] },
  ): Promise<DraftId> {
    const { id } = (await insert(tx, input))!
    await insertAttachments(tx, id, attachments)
    return id
  }

  return {
    save,
    find: (id) => find(id),
    findDiscarded: (id) => find(id, true),
    list: (input) => listDrafts(db, input),
    async discard(id) {
      await setDiscarded(id, true)
    },
    bringBack,
    onChange: (listener) => listenForDraftChanges(database, listener),
    ...createDraftAttachments(deps),
    take,
    restore,
  }
}

type DraftEvent = 'draft.created' | 'draft.deleted' | 'draft.restored'

/** Selects the events for the rows of a WITH clause; see {@link appendFrom}. */
function eventsOf(rows: string, kind: DraftEvent, at: Date): EventsOfRows<DraftEvent> {
  return {
    ...{ rows, kind, at },
    emailAccountId: sql`email_account_id`,
    subjectId: sql`id::text`,
    payload: { conversationId: sql`conversation_id`, by: sql`author_id` },
  }
}

function contentJson(content: DraftContent): string {
  return storable(JSON.stringify(content, (_key, value: unknown) => cleaned(value)))
}

function cleaned(value: unknown): unknown {
  return typeof value === 'string' ? storable(value) : value
}
