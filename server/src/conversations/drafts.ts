import type { Database, Tx } from '../database/index.ts'
import type { VisibleAccounts } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type ConversationId, type DraftId, type EmailAccountId } from '../kernel/ids.ts'
import type { OutgoingAttachment } from '../mail/index.ts'
import type { Draft, DraftContent } from './conversation.ts'
import { attachmentsByDraft, insertAttachments, outgoingOf } from './draft-attachments.ts'
import { draftOf } from './rows.ts'
import { storable } from './storable.ts'

const MOST_LISTED = 200

/** What people write and have not sent, kept so that no closed window loses it. */
export function createDrafts({ database, clock }: { database: Database; clock: Clock }) {
  const { db } = database

  async function saveDraft(input: {
    id?: DraftId | undefined
    emailAccountId: EmailAccountId
    conversationId?: ConversationId | undefined
    authorId: string
    content: DraftContent
    version?: number | undefined
  }): Promise<Draft> {
    if (input.id === undefined) {
      if (input.conversationId) await expectConversation(input.conversationId, input.emailAccountId)
      return draftOf(await insert(db, input))
    }
    const content = contentJson(input.content)
    const saved = await db
      .updateTable('drafts')
      .set((eb) => ({ content, version: eb('version', '+', 1), updated_at: clock.now() }))
      .where('id', '=', input.id)
      .where('author_id', '=', input.authorId)
      .where('version', '=', input.version ?? 0)
      .returningAll()
      .executeTakeFirst()
    if (saved) return whole(saved)
    const draft = await findDraft(input.id)
    if (draft?.authorId !== input.authorId) throw new AppError('conversations.not_found')
    throw new AppError('conversations.draft_changed')
  }

  function insert(
    on: Database['db'] | Tx,
    input: {
      emailAccountId: EmailAccountId
      conversationId?: ConversationId | undefined
      authorId: string
      content: DraftContent
    },
  ) {
    return on
      .insertInto('drafts')
      .values({
        id: newId<DraftId>(),
        email_account_id: input.emailAccountId,
        conversation_id: input.conversationId ?? null,
        author_id: input.authorId,
        content: contentJson(input.content),
        version: 1,
        updated_at: clock.now(),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
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

  async function findDraft(id: DraftId): Promise<Draft | undefined> {
    const row = await db.selectFrom('drafts').selectAll().where('id', '=', id).executeTakeFirst()
    return row && whole(row)
  }

  async function listDrafts(input: { authorId: string; emailAccountIds: VisibleAccounts }): Promise<Draft[]> {
    const { authorId, emailAccountIds } = input
    if (emailAccountIds !== 'all' && emailAccountIds.length === 0) return []
    let query = db.selectFrom('drafts').selectAll().where('author_id', '=', authorId)
    if (emailAccountIds !== 'all') query = query.where('email_account_id', 'in', [...emailAccountIds])
    const rows = await query.orderBy('updated_at', 'desc').limit(MOST_LISTED).execute()
    const attachments = await attachmentsByDraft(
      db,
      rows.map(({ id }) => id),
    )
    return rows.map((row) => draftOf(row, attachments.get(row.id)))
  }

  async function whole(row: Parameters<typeof draftOf>[0]): Promise<Draft> {
    return draftOf(row, (await attachmentsByDraft(db, [row.id])).get(row.id))
  }

  async function deleteDraft(id: DraftId): Promise<void> {
    await db.deleteFrom('drafts').where('id', '=', id).execute()
  }

  async function takeDraft(
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
    const attachments = await outgoingOf(tx, id)
    await tx.deleteFrom('drafts').where('id', '=', id).execute()
    return attachments
  }

  async function restoreDraft(
    tx: Tx,
    {
      attachments,
      ...input
    }: {
      emailAccountId: EmailAccountId
      conversationId: ConversationId | undefined
      authorId: string
      content: DraftContent
      attachments: readonly OutgoingAttachment[]
    },
  ): Promise<DraftId> {
    const { id } = await insert(tx, input)
    await insertAttachments(tx, id, attachments)
    return id
  }

  return { saveDraft, findDraft, listDrafts, deleteDraft, takeDraft, restoreDraft }
}

function contentJson(content: DraftContent): string {
  return storable(JSON.stringify(content, (_key, value: unknown) => cleaned(value)))
}

function cleaned(value: unknown): unknown {
  return typeof value === 'string' ? storable(value) : value
}
