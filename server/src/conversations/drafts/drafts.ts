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
import { toDraft } from '../stored/rows.ts'
import { storable } from '../stored/storable.ts'

const MOST_LISTED = 200

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
  list(input: { authorId: string; emailAccountIds: VisibleAccounts }): Promise<Draft[]>
  /** Deletes a draft with its attachments. */
  delete(id: DraftId): Promise<void>
  /** All or none. `submission` checks whether they may be sent. */
  attach(id: DraftId, attachments: readonly OutgoingAttachment[]): Promise<DraftAttachment[]>
  detach(id: DraftId, attachmentId: DraftAttachmentId): Promise<void>
  /** Bytes of an attachment; undefined if the draft has no such attachment. */
  content(id: DraftId, attachmentId: DraftAttachmentId): Promise<Buffer | undefined>
  /** Deletes a draft that is sent. @returns its attachments */
  take(tx: Tx, id: DraftId, of: { authorId: string; emailAccountId: EmailAccountId }): Promise<OutgoingAttachment[]>
  /** Makes a canceled submission a draft of its author again. */
  restore(tx: Tx, input: NewDraft & { attachments: readonly OutgoingAttachment[] }): Promise<DraftId>
}

/**
 * Stores drafts of messages. `draft.created` and `draft.deleted` are written in the transaction of the change. Saving
 * the content writes no event: a composer saves after each pause in typing, and every client would reload its lists.
 */
export function createDrafts(deps: { database: Database; clock: Clock }): Drafts {
  const { database, clock } = deps
  const { db } = database

  async function save(input: NewDraft & { version?: number | undefined }): Promise<Draft> {
    if (input.id === undefined || input.version === undefined) {
      if (input.conversationId) await expectConversation(input.conversationId, input.emailAccountId)
      const created = await database.oneStatement((statement) => insert(statement, input))
      return created ? toDraft(created) : refuse(input.id!, input.authorId)
    }
    const content = contentJson(input.content)
    const saved = await db
      .updateTable('drafts')
      .set((eb) => ({ content, version: eb('version', '+', 1), updated_at: clock.now() }))
      .where('id', '=', input.id)
      .where('author_id', '=', input.authorId)
      .where('version', '=', input.version)
      .returningAll()
      .executeTakeFirst()
    return saved ? whole(saved) : refuse(input.id, input.authorId)
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

  /** Deletes a draft; has no effect if it is already deleted. One statement. */
  async function remove(on: Database['db'] | Tx, id: DraftId): Promise<void> {
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

  async function find(id: DraftId): Promise<Draft | undefined> {
    const row = await db.selectFrom('drafts').selectAll().where('id', '=', id).executeTakeFirst()
    return row && whole(row)
  }

  async function list(input: { authorId: string; emailAccountIds: VisibleAccounts }): Promise<Draft[]> {
    const { authorId, emailAccountIds } = input
    if (emailAccountIds !== 'all' && emailAccountIds.length === 0) return []
    let query = db.selectFrom('drafts').selectAll().where('author_id', '=', authorId)
    if (emailAccountIds !== 'all') query = query.where('email_account_id', 'in', [...emailAccountIds])
    const rows = await query.orderBy('updated_at', 'desc').limit(MOST_LISTED).execute()
    const attachments = await attachmentsByDraft(
      db,
      rows.map(({ id }) => id),
    )
    return rows.map((row) => toDraft(row, attachments.get(row.id)))
  }

  async function whole(row: Parameters<typeof toDraft>[0]): Promise<Draft> {
    return toDraft(row, (await attachmentsByDraft(db, [row.id])).get(row.id))
  }

  async function deleteDraft(id: DraftId): Promise<void> {
    await database.oneStatement((statement) => remove(statement, id))
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

  return { save, find, list, delete: deleteDraft, ...createDraftAttachments(deps), take, restore }
}

/** Selects the events for the rows of a WITH clause; see {@link appendFrom}. */
function eventsOf(
  rows: string,
  kind: 'draft.created' | 'draft.deleted',
  at: Date,
): EventsOfRows<'draft.created' | 'draft.deleted'> {
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
