import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { ConversationId, EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import type { OutgoingAttachment, OutgoingMessage } from '../mail/index.ts'
import type { Hold } from './sending-states.ts'
import type { Submission, SubmissionAttachment } from './submission.ts'
import { canCancel, WAITS, type StoredContent, type SubmissionRow } from './submission-rows.ts'

/** Contents of submissions, for sending and for the API. */
export function createContents({
  database: { db },
  clock,
  holdsOf,
}: {
  database: Database
  clock: Clock
  holdsOf: (ids: readonly EmailAccountId[]) => Promise<ReadonlyMap<EmailAccountId, Hold>>
}) {
  async function attach(tx: Tx, id: SubmissionId, attachments: readonly OutgoingAttachment[]): Promise<void> {
    for (const [position, { name, contentType, contentId, isInline, content }] of attachments.entries()) {
      await tx
        .insertInto('submission_attachments')
        .values({
          ...{ submission_id: id, position, name, content_type: contentType, content_id: contentId ?? null },
          ...{ is_inline: isInline, size_bytes: content.length, content },
        })
        .execute()
    }
  }

  async function dropBytes(tx: Tx, id: SubmissionId): Promise<void> {
    await tx.updateTable('submission_attachments').set({ content: null }).where('submission_id', '=', id).execute()
  }

  /** Composes the message from the data stored at acceptance, so that every attempt sends the same message. */
  async function outgoing(row: SubmissionRow & { attachment_count?: number }): Promise<OutgoingMessage> {
    const content = row.content as StoredContent
    // A claim counts the attachments.
    const attachments = row.attachment_count === 0 ? [] : await attachmentsOf(db, row.id)
    return { ...content, messageId: row.message_id, sentAt: row.send_at ?? row.created_at, attachments }
  }

  /** Attachments with their bytes, until the bytes are deleted. */
  async function attachmentsOf(on: Database['db'] | Tx, id: SubmissionId): Promise<OutgoingAttachment[]> {
    const stored = await on
      .selectFrom('submission_attachments')
      .selectAll()
      .where('submission_id', '=', id)
      .orderBy('position')
      .execute()
    return stored.map((attachment) => ({
      name: attachment.name,
      contentType: attachment.content_type,
      contentId: attachment.content_id ?? undefined,
      isInline: attachment.is_inline,
      content: attachment.content ?? Buffer.alloc(0),
    }))
  }

  /** Presents a submission that was just accepted. */
  function presentNew(row: SubmissionRow, attachments: readonly OutgoingAttachment[]): Submission {
    return toSubmission(
      row,
      clock.now(),
      attachments.map(({ content, ...attachment }) => ({ ...attachment, sizeBytes: content.length })),
    )
  }

  async function present(rows: readonly SubmissionRow[]): Promise<Submission[]> {
    if (rows.length === 0) return []
    const stored = await db
      .selectFrom('submission_attachments')
      .select(['submission_id', 'name', 'content_type', 'content_id', 'is_inline', 'size_bytes'])
      .where(
        'submission_id',
        'in',
        rows.map(({ id }) => id),
      )
      .orderBy('position')
      .execute()
    const now = clock.now()
    const queued = rows.filter(({ state }) => state === 'queued')
    const holds = queued.length > 0 ? await holdsOf(queued.map((row) => row.email_account_id)) : undefined
    return rows.map((row) =>
      toSubmission(
        underHold(row, holds?.get(row.email_account_id)),
        now,
        stored
          .filter(({ submission_id }) => submission_id === row.id)
          .map(({ name, content_type, content_id, is_inline, size_bytes }) => ({
            name,
            contentType: content_type,
            contentId: content_id ?? undefined,
            isInline: is_inline,
            sizeBytes: size_bytes,
          })),
      ),
    )
  }

  return { attach, dropBytes, outgoing, attachmentsOf, present, presentNew }
}

/** Adds the reason and end of a hold to a row that waits for it. The result is only for display. */
function underHold(row: SubmissionRow, hold: Hold | undefined): SubmissionRow {
  if (!hold || row.state !== 'queued' || row.due_at >= hold.until) return row
  const isOther = row.state_reason !== hold.code
  return { ...row, due_at: hold.until, state_reason: hold.code, state_detail: isOther ? null : row.state_detail }
}

function toSubmission(row: SubmissionRow, now: Date, attachments: readonly SubmissionAttachment[]): Submission {
  const { from, replyTo = [], inReplyTo, references, ...written } = row.content as StoredContent
  const { to, cc, bcc, subject, text, html, headers } = written
  const isHeld = row.state === 'queued' && row.not_before !== null && row.not_before > now
  return {
    id: row.id,
    emailAccountId: row.email_account_id satisfies EmailAccountId,
    conversationId: (row.conversation_id satisfies ConversationId | null) ?? undefined,
    messageId: row.message_id,
    remoteMessageId: row.remote_message_id ?? undefined,
    state: row.state,
    reason: (row.state_reason as ErrorCode | null) ?? undefined,
    detail: row.state_detail ?? undefined,
    attempts: row.attempts,
    nextTryAt: WAITS.includes(row.state) ? row.due_at : undefined,
    notBefore: isHeld ? row.not_before! : undefined,
    sendAt: row.send_at ?? undefined,
    sentMessageId: row.sent_message_id ?? undefined,
    content: { to, cc, bcc, subject, text, html, headers, attachments },
    from,
    replyTo,
    inReplyTo,
    references,
    submittedBy: row.submitted_by,
    canCancel: canCancel(row),
    isAutomatic: row.answers_by_itself !== null,
    createdAt: row.created_at,
  }
}
