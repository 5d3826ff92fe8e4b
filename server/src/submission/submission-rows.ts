import { sql, type RawBuilder, type Selectable } from 'kysely'
import { accountOf, type AnswerKind } from '../conversations/index.ts'
import type { Schema } from '../database/index.ts'
import type { EventKind, EventsOfRows } from '../events/index.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { EmailAccountId, IdentityId, StoredMessageId } from '../kernel/ids.ts'
import type { Address } from '../mail/index.ts'
import type { SubmissionContent, SubmissionState } from './submission.ts'

export type SubmissionRow = Selectable<Schema['submissions']>

/** Value of the column `content`. */
export interface StoredContent extends Omit<SubmissionContent, 'attachments'> {
  from: Address
  replyTo?: readonly Address[]
  /** True for an automatic reply. */
  isAutomatic?: boolean
  /** True for a message that Postkey wrote by itself, without received mail that it answers. */
  isGenerated?: boolean
  /** Identity that `from` was taken from. */
  identityId?: IdentityId | undefined
  inReplyTo: readonly string[]
  references: readonly string[]
  /** The message that the author chose to answer. */
  replyToMessageId?: StoredMessageId | undefined
  answerKind?: AnswerKind | undefined
}

export type Change = Partial<
  Pick<
    SubmissionRow,
    | 'state'
    | 'remote_draft_id'
    | 'send_begun_at'
    | 'handed_over_at'
    | 'due_at'
    | 'tidy_at'
    | 'remote_message_id'
    | 'sent_message_id'
    | 'conversation_id'
    | 'was_unclear'
    | 'state_detail'
    | 'waits_since'
    | 'transient_since'
  >
> & { state_reason?: ErrorCode | null }

/** Thrown if another worker has claimed the row. The caller stops at once and writes nothing more. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

/**
 * Reason of a sent message whose copy is missing in a mailbox where Postkey stores none. The copy can't be stored
 * again.
 */
export const COPY_LEFT_TO_SERVER = 'submission.copy_left_to_server' satisfies ErrorCode

/** States with pending work. */
export const WAITS: SubmissionState[] = ['queued', 'sending', 'handed-over']
export const UNSENT: SubmissionState[] = ['queued', 'sending']

/**
 * True until the start of sending is stored: until then, the claim of a worker loses, its write is refused, and nothing was
 * sent. Also true of a failed message, unless the outcome of an earlier attempt was never known.
 */
export function canCancel({ state, send_begun_at, was_unclear }: SubmissionRow): boolean {
  return state === 'queued' || (state === 'sending' && send_begun_at === null) || (state === 'failed' && !was_unclear)
}

/** Earliest time of the next attempt. What a person decides does not advance the time chosen for sending. */
export function notBefore({ not_before: heldUntil }: SubmissionRow, now: Date): Date {
  return heldUntil && heldUntil > now ? heldUntil : now
}

/** Column values of a row without a claim. */
export const FREE = { claimed_by: null, lease_until: null }

export function noneOf(emailAccounts: readonly EmailAccountId[]) {
  return sql<boolean>`email_account_id <> ALL(${emailAccounts}::uuid[])`
}

export function noneOfLanes(lanes: readonly string[]) {
  return sql<boolean>`email_account_id NOT IN (SELECT email_account_id FROM sending_states WHERE lane = ANY(${lanes}::text[]))`
}

const EVENT_OF_STATE = {
  queued: 'submission.queued',
  sending: 'submission.sending_started',
  'handed-over': 'submission.handed_over',
  sent: 'submission.sent',
  unknown: 'submission.outcome_lost',
  failed: 'submission.failed',
  canceled: 'submission.canceled',
} as const satisfies Record<SubmissionState, EventKind>

/** Events of submissions that the part `rows` of a WITH wrote; `where` selects some of them. */
export function submissionEvents(
  rows: 'accepted' | 'batch' | 'saved' | 'changed' | 'held',
  at: Date,
  where?: RawBuilder<unknown>,
): EventsOfRows<(typeof EVENT_OF_STATE)[SubmissionState]> {
  return {
    rows,
    ...(where && { where }),
    kind: { column: 'state', kinds: EVENT_OF_STATE },
    // A copy can be found after the conversation has moved.
    emailAccountId: sql`coalesce(${accountOf(sql`conversation_id`)}, email_account_id)`,
    subjectId: sql`id::text`,
    payload: {
      state: sql`state`,
      reason: sql`state_reason`,
      conversationId: sql`conversation_id`,
      messageId: sql`sent_message_id`,
    },
    at,
  }
}
