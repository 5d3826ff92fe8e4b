import type { Database } from '../../kernel/database.ts'
import { attachmentRestId } from './exchange-ids.ts'
import type { Attachment, AttachmentContent, AttachmentKind } from './mail-objects.ts'
import { insertRow } from './message-rows.ts'

interface Row {
  number: number
  id: string
  message_key: number
  kind: AttachmentKind
  name: string
  content_type: string
  is_inline: number
  content_id: string | null
  source_url: string | null
  size_bytes: number
  last_modified_at: number
  content?: Uint8Array
}

/** Location encoded in an attachment's id: set on creation, unchanged when the message moves. */
export interface Owner {
  mailboxId: string
  folderNumber: number
  placement: number
}

export type Attachments = ReturnType<typeof createAttachments>

export function createAttachments(database: Database) {
  function list(messageKey: number, withContent: boolean): Attachment[] {
    const sql = withContent
      ? `SELECT a.*, c.content FROM attachments a JOIN attachment_contents c ON c.attachment_number = a.number
         WHERE a.message_key = ? ORDER BY a.number`
      : 'SELECT * FROM attachments WHERE message_key = ? ORDER BY number'
    return database.all<Row>(sql, messageKey).map(toAttachment)
  }

  function find(messageKey: number, id: string): Attachment | undefined {
    const row = database.get<Row>(
      `SELECT a.*, c.content FROM attachments a JOIN attachment_contents c ON c.attachment_number = a.number
       WHERE a.message_key = ? AND a.id = ?`,
      messageKey,
      id,
    )
    return row && toAttachment(row)
  }

  function add(messageKey: number, owner: Owner, attachment: AttachmentContent, at: number): string {
    const number = insertRow(database, 'attachments', {
      id: `being attached ${messageKey}`,
      message_key: messageKey,
      kind: attachment.kind,
      name: attachment.name,
      content_type: attachment.contentType,
      is_inline: Number(attachment.isInline),
      content_id: attachment.contentId ?? null,
      source_url: attachment.sourceUrl ?? null,
      size_bytes: attachment.content.byteLength,
      last_modified_at: at,
    })
    const id = attachmentRestId(owner.mailboxId, owner.folderNumber, owner.placement, number)
    database.run('UPDATE attachments SET id = ? WHERE number = ?', id, number)
    database.run('INSERT INTO attachment_contents VALUES (?, ?)', number, attachment.content)
    return id
  }

  /** Copies the attachments of a message to its copy. */
  function copy(fromKey: number, toKey: number, owner: Owner, at: number): void {
    for (const { number } of database.all<{ number: number }>(
      'SELECT number FROM attachments WHERE message_key = ? ORDER BY number',
      fromKey,
    )) {
      const { lastInsertRowid } = database.run(
        `INSERT INTO attachments (id, message_key, kind, name, content_type, is_inline, content_id, source_url,
           size_bytes, last_modified_at)
         SELECT 'being copied', ?, kind, name, content_type, is_inline, content_id, source_url, size_bytes, ?
         FROM attachments WHERE number = ?`,
        toKey,
        at,
        number,
      )
      const id = attachmentRestId(owner.mailboxId, owner.folderNumber, owner.placement, lastInsertRowid)
      database.run('UPDATE attachments SET id = ? WHERE number = ?', id, lastInsertRowid)
      database.run(
        'INSERT INTO attachment_contents SELECT ?, content FROM attachment_contents WHERE attachment_number = ?',
        lastInsertRowid,
        number,
      )
    }
  }

  function remove(messageKey: number, id: string): boolean {
    return database.run('DELETE FROM attachments WHERE message_key = ? AND id = ?', messageKey, id).changes > 0
  }

  return { list, find, add, copy, remove }
}

function toAttachment(row: Row): Attachment {
  return {
    id: row.id,
    messageKey: row.message_key,
    kind: row.kind,
    name: row.name,
    contentType: row.content_type,
    isInline: row.is_inline === 1,
    contentId: row.content_id ?? undefined,
    sourceUrl: row.source_url ?? undefined,
    sizeBytes: row.size_bytes,
    lastModifiedAt: row.last_modified_at,
    content: row.content ?? new Uint8Array(),
  }
}
