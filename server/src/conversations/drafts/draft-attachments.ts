import type { Database, Schema, Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import { newId, type DraftAttachmentId, type DraftId } from '../../kernel/ids.ts'
import type { OutgoingAttachment } from '../../mail/index.ts'
import type { Selectable } from 'kysely'
import { announced, announcedAt, whenDue } from './draft-announcements.ts'
import type { DraftAttachment } from '../stored/conversation.ts'
import { storable } from '../stored/storable.ts'

/** Attachments of drafts. Their bytes are stored in the database and deleted with the draft. */
export function createDraftAttachments({ database, clock }: { database: Database; clock: Clock }) {
  async function attach(id: DraftId, attachments: readonly OutgoingAttachment[]): Promise<DraftAttachment[]> {
    return database.creation(async (tx) => {
      const now = clock.now()
      const found = await tx
        .with('due', (parts) => whenDue(parts, id, now))
        .with('changed', (parts) =>
          parts
            .updateTable('drafts')
            .set({ updated_at: now, announced_at: announcedAt(now) })
            .where('id', '=', id)
            .where('discarded_at', 'is', null)
            .returning(['id', 'author_id']),
        )
        .selectFrom('changed')
        .select(announced().as('announced'))
        .executeTakeFirst()
      if (!found) throw new AppError('conversations.not_found')
      return insertAttachments(tx, id, attachments)
    })
  }

  async function detach(id: DraftId, attachmentId: DraftAttachmentId): Promise<void> {
    const now = clock.now()
    const detached = await database.oneStatement((statement) =>
      statement
        .with('due', (parts) => whenDue(parts, id, now))
        // Locks the draft before its attachment, as sending and deleting it do.
        .with('changed', (parts) =>
          parts
            .updateTable('drafts')
            .set({ announced_at: announcedAt(now) })
            .where('id', '=', id)
            .where((eb) => {
              const own = eb.selectFrom('draft_attachments').select('draft_id').where('id', '=', attachmentId)
              return eb('id', 'in', own)
            })
            .returning(['id', 'author_id']),
        )
        .with('deleted', (parts) =>
          parts
            .deleteFrom('draft_attachments')
            .where('id', '=', attachmentId)
            .where('draft_id', 'in', (eb) => eb.selectFrom('changed').select('changed.id'))
            .returning('draft_id'),
        )
        .selectFrom('changed')
        .select(announced().as('announced'))
        // Another request may have removed it meanwhile.
        .where('id', 'in', (eb) => eb.selectFrom('deleted').select('draft_id'))
        .executeTakeFirst(),
    )
    if (!detached) throw new AppError('conversations.not_found')
  }

  /** Finds the bytes of one attachment; undefined if the draft has no such attachment. */
  async function content(id: DraftId, attachmentId: DraftAttachmentId): Promise<Buffer | undefined> {
    const row = await database.db
      .selectFrom('draft_attachments')
      .select('content')
      .where('id', '=', attachmentId)
      .where('draft_id', '=', id)
      .executeTakeFirst()
    return row?.content
  }

  return { attach, detach, content }
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

/** Attachments of drafts, without their bytes. */
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

/** Attachments of a draft with their bytes, as they are sent. */
export async function outgoingAttachments(tx: Tx, id: DraftId): Promise<OutgoingAttachment[]> {
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

type DraftAttachmentRow = Selectable<Schema['draft_attachments']>

function draftAttachmentOf(row: Pick<DraftAttachmentRow, (typeof WITHOUT_BYTES)[number]>): DraftAttachment {
  return {
    id: row.id,
    name: row.name,
    contentType: row.content_type,
    contentId: row.content_id ?? undefined,
    isInline: row.is_inline,
    sizeBytes: row.size_bytes,
  }
}
