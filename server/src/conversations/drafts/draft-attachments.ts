import type { Database, Schema, Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import { newId, type DraftAttachmentId, type DraftId } from '../../kernel/ids.ts'
import type { OutgoingAttachment } from '../../mail/index.ts'
import type { Selectable } from 'kysely'
import type { DraftAttachment } from '../stored/conversation.ts'
import { storable } from '../stored/storable.ts'

/** What is attached to something that is still being written. The bytes lie here and go with the draft. */
export function createDraftAttachments({ database, clock }: { database: Database; clock: Clock }) {
  async function attachToDraft(id: DraftId, attachments: readonly OutgoingAttachment[]): Promise<DraftAttachment[]> {
    return database.transaction(async (tx) => {
      const found = await tx
        .updateTable('drafts')
        .set({ updated_at: clock.now() })
        .where('id', '=', id)
        .returning('id')
        .executeTakeFirst()
      if (!found) throw new AppError('conversations.not_found')
      return insertAttachments(tx, id, attachments)
    })
  }

  async function detachFromDraft(id: DraftId, attachmentId: DraftAttachmentId): Promise<void> {
    const { numDeletedRows } = await database.db
      .deleteFrom('draft_attachments')
      .where('id', '=', attachmentId)
      .where('draft_id', '=', id)
      .executeTakeFirst()
    if (numDeletedRows === 0n) throw new AppError('conversations.not_found')
  }

  return { attachToDraft, detachFromDraft }
}

export async function insertAttachments(
  tx: Tx,
  id: DraftId,
  attachments: readonly OutgoingAttachment[],
): Promise<DraftAttachment[]> {
  const kept: DraftAttachment[] = []
  for (const { name, contentType, contentId, isInline, content } of attachments) {
    const row = await tx
      .insertInto('draft_attachments')
      .values({
        id: newId<DraftAttachmentId>(),
        draft_id: id,
        name: storable(name),
        content_type: storable(contentType),
        content_id: contentId === undefined ? null : storable(contentId),
        is_inline: isInline,
        size_bytes: content.length,
        content,
      })
      .returning(WITHOUT_BYTES)
      .executeTakeFirstOrThrow()
    kept.push(draftAttachmentOf(row))
  }
  return kept
}

/** Of some drafts, without the bytes. */
export async function attachmentsByDraft(
  db: Database['db'] | Tx,
  ids: readonly DraftId[],
): Promise<ReadonlyMap<DraftId, DraftAttachment[]>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('draft_attachments')
    .select(['draft_id', ...WITHOUT_BYTES])
    .where('draft_id', 'in', [...ids])
    .orderBy('id')
    .execute()
  const grouped = Map.groupBy(rows, (row) => row.draft_id)
  return new Map([...grouped].map(([id, of]) => [id, of.map(draftAttachmentOf)]))
}

/** With the bytes, as they go out. */
export async function outgoingOf(tx: Tx, id: DraftId): Promise<OutgoingAttachment[]> {
  const rows = await tx.selectFrom('draft_attachments').selectAll().where('draft_id', '=', id).orderBy('id').execute()
  return rows.map((row) => ({
    name: row.name,
    contentType: row.content_type,
    contentId: row.content_id ?? undefined,
    isInline: row.is_inline,
    content: row.content,
  }))
}

const WITHOUT_BYTES = ['id', 'name', 'content_type', 'content_id', 'is_inline', 'size_bytes'] as const

type Row = Selectable<Schema['draft_attachments']>

function draftAttachmentOf(row: Pick<Row, (typeof WITHOUT_BYTES)[number]>): DraftAttachment {
  return {
    id: row.id,
    name: row.name,
    contentType: row.content_type,
    contentId: row.content_id ?? undefined,
    isInline: row.is_inline,
    sizeBytes: row.size_bytes,
  }
}
