import type { Kysely } from 'kysely'
import type { Schema } from '../../database/index.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import type { RemoteAttachment } from '../../mail/index.ts'
import type { MessageVersion } from '../stored/conversation.ts'

/** Earlier versions of a message, latest first. */
export async function listVersions(db: Kysely<Schema>, id: StoredMessageId): Promise<MessageVersion[]> {
  const rows = await db
    .selectFrom('message_versions')
    .select(['id', 'replaced_at', 'preview', 'has_attachments', 'attachments'])
    .where('message_id', '=', id)
    .orderBy('replaced_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    replacedAt: row.replaced_at,
    preview: row.preview,
    hasAttachments: row.has_attachments,
    attachments: (row.attachments as RemoteAttachment[] | null) ?? undefined,
  }))
}
