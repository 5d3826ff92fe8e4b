import { sql } from 'kysely'
import type { Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { newId, type MessageVersionId, type StoredMessageId } from '../../kernel/ids.ts'
import type { RemoteMessage } from '../../mail/index.ts'
import type { FilingAccount } from '../threading/filing-account.ts'
import type { Known } from './known-message.ts'
import { readMarks } from './new-message-rows.ts'
import { queueAgain } from '../search/search-queue.ts'
import { keepAttachments, replaceSource } from '../stored/message-sources.ts'
import { bringsFiles, hasFiles, LATEST_COLUMNS, ofLatestMessage } from '../stored/shown-columns.ts'
import { storable, storableJson } from '../stored/storable.ts'

/** Maximum number of earlier versions kept per message. */
const MOST_VERSIONS = 20

/**
 * Replaces the content of a message with the server's current content and keeps the earlier one as a version. Microsoft
 * Defender delivers a placeholder first and the attachment minutes later (Dynamic Delivery).
 */
export function createContentReplacement({ clock, events }: { clock: Clock; events: Events }) {
  return async function replaceContent(
    tx: Tx,
    account: FilingAccount,
    known: Known,
    message: RemoteMessage,
  ): Promise<void> {
    const { id, conversation_id: conversationId, owner_id: emailAccountId } = known
    await keepVersion(tx, id, clock.now())
    const { body } = message
    await sql`UPDATE messages SET content_replaced_at = ${clock.now()}, remote_id = ${message.remoteId},
        preview = ${storable(message.preview)}, body_type = ${body.type}, body = ${storable(body.content)},
        has_attachments = ${message.hasAttachments}, attachments_known = false,
        marks = ${storableJson(readMarks(message))}::jsonb
      WHERE id = ${id}`.execute(tx)
    await queueAgain(tx, id, message, clock.now())
    await tx.deleteFrom('attachments').where('message_id', '=', id).execute()
    if (message.attachments) await keepAttachments(tx, [{ messageId: id, attachments: message.attachments }])
    await replaceSource(tx, id, message)
    const conversation = sql`${conversationId}::uuid`
    await sql`UPDATE conversations SET ${LATEST_COLUMNS} = ${ofLatestMessage(conversation)},
        has_files = (has_files OR ${bringsFiles(message)}) AND ${hasFiles(conversation)}
      WHERE id = ${conversationId}`.execute(tx)
    await events.append(tx, {
      kind: 'message.content_replaced',
      emailAccountId,
      subjectId: id,
      payload: { conversationId },
      at: clock.now(),
    })
  }
}

async function keepVersion(tx: Tx, id: StoredMessageId, at: Date): Promise<void> {
  await sql`INSERT INTO message_versions
      (id, message_id, replaced_at, preview, body_type, body, has_attachments, attachments, source)
    SELECT ${newId<MessageVersionId>()}, messages.id, ${at}, preview, body_type, body, has_attachments,
      CASE WHEN attachments_known OR NOT has_attachments THEN coalesce((SELECT jsonb_agg(jsonb_build_object(
        'remoteId', remote_id, 'name', name, 'contentType', content_type, 'sizeBytes', size_bytes,
        'contentId', content_id, 'isInline', is_inline, 'kind', kind) ORDER BY id)
        FROM attachments WHERE message_id = messages.id), '[]') END,
      (SELECT content FROM message_sources WHERE message_id = messages.id)
    FROM messages WHERE messages.id = ${id}`.execute(tx)
  // On legal hold, all versions stay.
  await sql`DELETE FROM message_versions WHERE message_id = ${id} AND NOT EXISTS (
      SELECT FROM messages JOIN conversations ON conversations.id = conversation_id
      WHERE messages.id = ${id} AND held_at IS NOT NULL) AND id NOT IN (SELECT id FROM message_versions
    WHERE message_id = ${id} ORDER BY replaced_at DESC, id DESC LIMIT ${MOST_VERSIONS})`.execute(tx)
}
