import { sql } from 'kysely'
import type { Database, Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { StoredMessageId } from '../../kernel/ids.ts'
import { createMessageKey, type RemoteAttachment, type RemoteMessage } from '../../mail/index.ts'
import type { StoredMessage } from '../stored/conversation.ts'
import { MESSAGE_COLUMNS, OWNER, toMessage } from '../stored/rows.ts'
import { queueAgain } from '../search/search-queue.ts'
import { keepAttachments } from '../stored/message-sources.ts'
import { bringsFiles, firstSubject, hasFiles, LATEST_COLUMNS, ofLatestMessage } from '../stored/shown-columns.ts'
import { storable, storableAddress, storableId, storableIds, storableJson, storableLine } from '../stored/storable.ts'
import { accountsOf } from '../threading/accounts-of.ts'
import { relatedMessageIds, saveMessageIds } from '../threading/related-message-ids.ts'

/** Fields of a message that its source contains. */
export type ReadAgain = Omit<
  RemoteMessage,
  'partial' | 'remoteId' | 'folderRemoteId' | 'flags' | 'receivedAt' | 'remoteConversationId' | 'attachments'
> & { attachments: readonly RemoteAttachment[] }

/**
 * Saves a message whose source was parsed again. `isRecord`: the message was filed from this source (IMAP). Otherwise body
 * and attachments stay as Graph returned them, and so does the message key.
 */
export function createReadAgain({ database, clock, events }: { database: Database; clock: Clock; events: Events }) {
  return async function readAgain(
    id: StoredMessageId,
    read: ReadAgain,
    { isRecord, actor }: { isRecord: boolean; actor: string },
  ): Promise<StoredMessage> {
    return database.transaction(async (tx) => {
      const row = await tx.selectFrom('messages').select([...MESSAGE_COLUMNS, OWNER]).where('id', '=', id).forUpdate().executeTakeFirst() // prettier-ignore
      if (!row) throw new AppError('conversations.not_found')
      const before = toMessage(row)
      await saveFields(tx, before, read)
      if (isRecord) await saveBody(tx, before, read, clock.now())
      await saveMessageIds(
        tx,
        await accountsOf(tx, before.conversationId),
        new Map(
          relatedMessageIds({ ...read, messageId: before.messageId }).map((lead) => [lead, before.conversationId]),
        ),
      )
      await showAnew(tx, before, read)
      await events.append(tx, {
        kind: 'message.reparsed',
        emailAccountId: before.emailAccountId,
        subjectId: id,
        payload: {
          conversationId: before.conversationId,
          by: actor,
          quarantined: read.marks?.quarantine !== undefined,
        },
        at: clock.now(),
      })
      return toMessage(await tx.selectFrom('messages').select([...MESSAGE_COLUMNS, OWNER]).where('id', '=', id).executeTakeFirstOrThrow()) // prettier-ignore
    })
  }
}

/** Saves all header fields. The Message-ID stays when the source has none. */
async function saveFields(tx: Tx, { id, messageId }: StoredMessage, read: ReadAgain): Promise<void> {
  await tx
    .updateTable('messages')
    .set({
      message_id: storableId(read.messageId) ?? messageId ?? null,
      subject: storableLine(read.subject),
      from_address: read.from ? storableJson(storableAddress(read.from)) : null,
      sender_address: read.sender ? storableJson(storableAddress(read.sender)) : null,
      to_addresses: storableJson(read.to.map(storableAddress)),
      cc_addresses: storableJson(read.cc.map(storableAddress)),
      bcc_addresses: storableJson(read.bcc.map(storableAddress)),
      reply_to_addresses: storableJson(read.replyTo.map(storableAddress)),
      in_reply_to: storableIds(read.inReplyTo),
      reference_ids: storableIds(read.references),
      sent_at: read.sentAt ?? null,
      marks: storableJson(read.marks ?? {}),
    })
    .where('id', '=', id)
    .execute()
}

async function saveBody(tx: Tx, before: StoredMessage, read: ReadAgain, at: Date): Promise<void> {
  const { id, remoteAccountId, receivedAt } = before
  await tx
    .updateTable('messages')
    .set({
      preview: storable(read.preview),
      body_type: read.body.type,
      body: storable(read.body.content),
      has_attachments: read.hasAttachments,
    })
    .where('id', '=', id)
    .execute()
  await queueAgain(tx, id, read, at)
  await keepAttachments(tx, [{ messageId: id, attachments: read.attachments }])
  const numbers = read.attachments.map(({ remoteId }) => remoteId)
  await sql`DELETE FROM attachments WHERE message_id = ${id} AND NOT remote_id = ANY(${numbers}::text[])`.execute(tx)
  // The new key lets the message be recognized again. If another message already has that key, both keep their keys.
  const key = Buffer.from(createMessageKey({ ...read, receivedAt }))
  await sql`UPDATE messages SET message_key = ${key} WHERE id = ${id} AND NOT EXISTS
    (SELECT FROM messages WHERE email_account_id = ${remoteAccountId} AND message_key = ${key})`.execute(tx)
}

async function showAnew(tx: Tx, { conversationId: id }: StoredMessage, read: ReadAgain): Promise<void> {
  await sql`UPDATE conversations SET
      ${LATEST_COLUMNS} = ${ofLatestMessage(sql`${id}::uuid`)},
      has_files = (has_files OR ${bringsFiles(read)}) AND ${hasFiles(sql`${id}::uuid`)},
      subject = ${firstSubject(sql`${id}::uuid`)}
    WHERE id = ${id}`.execute(tx)
}
