import type { Database } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { AttachmentId, StoredMessageId } from '../../kernel/ids.ts'
import type { RemoteAttachment } from '../../mail/index.ts'
import type { StoredAttachment } from '../stored/conversation.ts'
import { toAttachment } from '../stored/rows.ts'
import { addFileNames } from '../search/search-queue.ts'
import { keepAttachments as keep } from '../stored/message-sources.ts'

/** Attachments of messages: listed by the server on the first request, then stored without their bytes. */
export function createStoredAttachments({ database }: { database: Database }) {
  const { db } = database

  async function attachments(id: StoredMessageId): Promise<StoredAttachment[] | undefined> {
    const message = await db
      .selectFrom('messages')
      .select(['attachments_known', 'has_attachments'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (!message) throw new AppError('conversations.not_found')
    if (!message.has_attachments) return []
    return message.attachments_known ? listStored(id) : undefined
  }

  async function listStored(id: StoredMessageId): Promise<StoredAttachment[]> {
    const rows = await db.selectFrom('attachments').selectAll().where('message_id', '=', id).orderBy('id').execute()
    return rows.map(toAttachment)
  }

  async function keepAttachments(
    id: StoredMessageId,
    listed: readonly RemoteAttachment[],
  ): Promise<StoredAttachment[]> {
    await database.transaction(async (tx) => {
      await keep(tx, [{ messageId: id, attachments: listed }])
      await addFileNames(
        tx,
        id,
        listed.map(({ name }) => name),
      )
    })
    return listStored(id)
  }

  async function attachment(id: AttachmentId): Promise<StoredAttachment> {
    const row = await db.selectFrom('attachments').selectAll().where('id', '=', id).executeTakeFirst()
    if (!row) throw new AppError('conversations.not_found')
    return toAttachment(row)
  }

  return { attachments, keepAttachments, attachment }
}
