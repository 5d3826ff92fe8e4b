import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import { newId, type AttachmentId, type StoredMessageId } from '../../kernel/ids.ts'
import { cleanFileName, packSource, unpackSource, type RemoteAttachment, type RemoteMessage } from '../../mail/index.ts'
import { bytesAt, createParameterBuffer } from './parameter-buffer.ts'
import { storable } from './storable.ts'

/** Maximum bytes per statement. A single message may exceed it. */
const STATEMENT_BYTES = 16 * 1024 * 1024

interface Kept {
  messageId: StoredMessageId
  attachments: readonly RemoteAttachment[]
}

interface Came {
  messageId: StoredMessageId
  message: Pick<RemoteMessage, 'source' | 'packedSource' | 'attachments'>
}

/**
 * Stores sources and attachments of new messages. Their rows already say that these are known: an update would write each
 * row and its search vector a second time.
 */
export async function keepWhatCame(tx: Tx, came: readonly Came[]): Promise<void> {
  await keepSources(tx, came)
  await insertAttachments(
    tx,
    came.flatMap(({ messageId, message }) =>
      message.attachments ? [{ messageId, attachments: message.attachments }] : [],
    ),
  )
}

/** Stores the source of a message that the other protocol stored without one. It is read from its source from now on. */
export async function keepSourceOfKnown(
  tx: Tx,
  messageId: StoredMessageId,
  message: Pick<RemoteMessage, 'source' | 'packedSource' | 'attachments'>,
): Promise<void> {
  if (!message.source) return
  const stored = await tx.selectFrom('message_sources').select('message_id').where('message_id', '=', messageId).executeTakeFirst() // prettier-ignore
  if (stored) return
  // Their ids were those of the other protocol.
  if (message.attachments) await tx.deleteFrom('attachments').where('message_id', '=', messageId).execute()
  await keepSources(tx, [{ messageId, message }])
  if (message.attachments) await keepAttachments(tx, [{ messageId, attachments: message.attachments }])
}

/** Replaces the stored source with the server's current bytes. Deletes it for a message without a source (Graph). */
export async function replaceSource(
  tx: Tx,
  messageId: StoredMessageId,
  message: Pick<RemoteMessage, 'source' | 'packedSource' | 'attachments'>,
): Promise<void> {
  if (message.source) await keepSources(tx, [{ messageId, message }])
  else await tx.deleteFrom('message_sources').where('message_id', '=', messageId).execute()
}

async function keepSources(tx: Tx, came: readonly Came[]): Promise<void> {
  const given = came.flatMap(({ messageId, message: { source, packedSource: packed } }) =>
    source ? [{ messageId, source, packed }] : [],
  )
  while (given.length > 0) {
    let [count, bytes] = [0, 0]
    while (count < given.length && (count === 0 || bytes + given[count]!.source.length <= STATEMENT_BYTES)) {
      bytes += given[count++]!.source.length
    }
    const some = given.splice(0, count)
    const buffer = createParameterBuffer()
    const places = (await Promise.all(some.map(async ({ source, packed }) => packed ?? packSource(source)))).map(
      (one) => buffer.put(one),
    )
    await sql`
      INSERT INTO message_sources (message_id, encoding, size_bytes, content)
      SELECT id, 'zstd', size, ${bytesAt('at', 'bytes')} FROM ${buffer.table()},
        unnest(${some.map(({ messageId }) => messageId)}::uuid[], ${some.map(({ source }) => source.length)}::bigint[],
          ${places.map(({ at }) => at)}::integer[], ${places.map(({ bytes }) => bytes)}::integer[])
          AS kept(id, size, at, bytes)
      ON CONFLICT (message_id) DO UPDATE SET size_bytes = excluded.size_bytes, content = excluded.content`.execute(tx)
  }
}

/** Stores all attachments of messages, as the server listed them or the source contains them. */
export async function keepAttachments(tx: Tx, kept: readonly Kept[]): Promise<void> {
  if (kept.length === 0) return
  await sql`UPDATE messages SET attachments_known = true WHERE id = ANY(${kept.map(({ messageId }) => messageId)}::uuid[])`.execute(tx) // prettier-ignore
  await insertAttachments(tx, kept)
}

async function insertAttachments(tx: Tx, kept: readonly Kept[]): Promise<void> {
  const rows = kept.flatMap(({ messageId, attachments }) =>
    attachments.map((one) => ({
      id: newId<AttachmentId>(),
      message_id: messageId,
      remote_id: one.remoteId,
      name: storable(cleanFileName(one.name)),
      content_type: storable(one.contentType),
      size_bytes: one.sizeBytes,
      content_id: one.contentId === undefined ? null : storable(one.contentId),
      is_inline: one.isInline,
      kind: one.kind,
    })),
  )
  if (rows.length === 0) return
  await sql`
    INSERT INTO attachments (id, message_id, remote_id, name, content_type, size_bytes, content_id, is_inline, kind)
    SELECT id, message_id, remote_id, name, content_type, size_bytes, content_id, is_inline, kind
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS row (id uuid, message_id uuid, remote_id text, name text,
      content_type text, size_bytes bigint, content_id text, is_inline boolean, kind text)
    ON CONFLICT (message_id, remote_id) DO UPDATE SET name = excluded.name, content_type = excluded.content_type,
      size_bytes = excluded.size_bytes, content_id = excluded.content_id, is_inline = excluded.is_inline,
      kind = excluded.kind`.execute(tx)
}

export async function hasSource({ db }: Pick<Database, 'db'>, id: StoredMessageId): Promise<boolean> {
  const row = await db
    .selectFrom('message_sources')
    .select('message_id')
    .where('message_id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}

/** Returns the original source of a message if it was kept. */
export async function findSource({ db }: Pick<Database, 'db'>, id: StoredMessageId): Promise<Buffer | undefined> {
  const row = await db.selectFrom('message_sources').select('content').where('message_id', '=', id).executeTakeFirst()
  return row && unpackSource(row.content)
}
