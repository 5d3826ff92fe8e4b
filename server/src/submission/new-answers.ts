import type { Kysely } from 'kysely'
import type { OutgoingMail } from '../conversations/index.ts'
import type { Schema, Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import type { ConversationId, SubmissionId } from '../kernel/ids.ts'
import { BY_ITSELF } from './automatic-replies.ts'
import type { SubmissionState } from './submission.ts'

export type AnswerPorts = Pick<OutgoingMail, 'latestSentIds' | 'lockForAnswer'>

/** States of submissions that were not sent and will not be. */
const NO_ANSWER: readonly SubmissionState[] = ['canceled', 'failed']

/**
 * Id of the latest answer of a conversation: a submission, or a message that another mail program sent from the
 * mailbox. Ids are UUIDs of version 7, so their order is the order in which the server recorded the answers. Copies of
 * own submissions, automatic replies and imported mail are left out. Three indexed queries, or two without sent
 * messages.
 *
 * @param besides a submission to leave out
 */
export async function findLastAnswer(
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

/** Those of the messages that are copies of submissions. */
async function copiesAmong(db: Kysely<Schema>, messageIds: Awaited<ReturnType<AnswerPorts['latestSentIds']>>) {
  const rows = await db
    .selectFrom('submissions')
    .select('sent_message_id')
    .where('sent_message_id', 'in', messageIds)
    .execute()
  return rows.map((row) => row.sent_message_id)
}

/**
 * Locks the conversation until `tx` ends, so that the second of two concurrent answers finds the first. Filing into the
 * conversation waits meanwhile. Call it after storing the attachments, which takes long.
 *
 * @param answer.known latest answer that the author has seen; null for none
 * @param answer.own the answer itself, which is already stored
 * @throws AppError `submission.answered_meanwhile` if there is a later answer
 */
export async function expectNoNewAnswer(
  tx: Tx,
  outgoing: AnswerPorts,
  { id, known, own }: { id: ConversationId; known: string | null; own: SubmissionId },
): Promise<void> {
  await outgoing.lockForAnswer(tx, id)
  const last = await findLastAnswer(tx, outgoing, id, own)
  // Compares by order instead of equality, because the known answer may have been canceled since.
  if (last !== undefined && (known === null || last > known)) throw new AppError('submission.answered_meanwhile')
}
