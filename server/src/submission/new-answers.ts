import type { Kysely } from 'kysely'
import type { OutgoingMail } from '../conversations/index.ts'
import type { Schema, Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { ConversationId, SubmissionId } from '../kernel/ids.ts'
import { BY_ITSELF } from './automatic-replies.ts'
import type { SubmissionState } from './submission.ts'

export type AnswerPorts = Pick<OutgoingMail, 'latestSentIds' | 'lockForAnswer'>

/** States of a submission that reached nobody and will not. */
const NO_ANSWER: readonly SubmissionState[] = ['canceled', 'failed']

/**
 * Id of the latest answer of a conversation: a submission, or a message that another mail program sent from the mailbox.
 * Ids are UUIDs of version 7, so their order is the order in which the server learned of the answers. Copies of own
 * submissions, automatic replies and imported mail are left out. Three indexed queries, two without sent messages.
 *
 * @param besides  a submission that is left out
 */
export async function lastAnswerOf(
  db: Kysely<Schema>,
  outgoing: AnswerPorts,
  id: ConversationId,
  besides?: SubmissionId,
): Promise<string | undefined> {
  const submitted = await db
    .selectFrom('submissions')
    .select('id')
    .where('conversation_id', '=', id)
    .where('state', 'not in', NO_ANSWER)
    .where('submitted_by', '<>', BY_ITSELF)
    .$if(besides !== undefined, (query) => query.where('id', '<>', besides!))
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  const sent = await outgoing.latestSentIds(db, id)
  const own = sent.length === 0 ? [] : await copiesAmong(db, sent)
  const foreign = sent.filter((messageId) => !own.includes(messageId))
  return [...(submitted ? [submitted.id] : []), ...foreign].sort().at(-1)
}

/** Of these messages, the copies of submissions. */
async function copiesAmong(db: Kysely<Schema>, messageIds: Awaited<ReturnType<AnswerPorts['latestSentIds']>>) {
  const rows = await db
    .selectFrom('submissions')
    .select('sent_message_id')
    .where('sent_message_id', 'in', messageIds)
    .execute()
  return rows.map((row) => row.sent_message_id)
}

/**
 * Holds the conversation until `tx` ends, so that of two answers sent at the same moment the second meets the first. Mail
 * of the conversation is filed only afterwards: call it after the attachments are stored, which takes long.
 *
 * @param answer.known  the latest answer that the writer has seen; null for none
 * @param answer.own  the answer itself, which is stored already
 * @throws AppError `submission.answered_meanwhile` when there is a later one
 */
export async function expectNoNewAnswer(
  tx: Tx,
  outgoing: AnswerPorts,
  { id, known, own }: { id: ConversationId; known: string | null; own: SubmissionId },
): Promise<void> {
  await outgoing.lockForAnswer(tx, id)
  const last = await lastAnswerOf(tx, outgoing, id, own)
  // Later, and not other: the known one may have been canceled since.
  if (last !== undefined && (known === null || last > known)) throw new AppError('submission.answered_meanwhile')
}
