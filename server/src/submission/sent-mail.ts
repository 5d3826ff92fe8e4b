import { sql } from 'kysely'
import type { SentMailHook } from '../conversations/index.ts'
import type { Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ConversationId, EmailAccountId, StoredMessageId } from '../kernel/ids.ts'
import type { RemoteMessage } from '../mail/index.ts'
import type { Outbox } from './outbox.ts'
import type { SubmissionRow } from './submission-rows.ts'

/** Delay of cleanup: later than any timed-out request can still take effect. */
export const TIDY_AFTER_MS = 2 * 60_000

/**
 * Links copies in Sent Items to submissions, regardless of the component that finds them. Matches by draft id, which
 * the copy keeps, and by our Message-ID, which Exchange may replace. The submission ends in the transaction that files
 * the copy, so that no reader sees both.
 */
export function createSentMailHook({ outbox, clock }: { outbox: Outbox; clock: Clock }): SentMailHook {
  return {
    async knownAmong(tx, accountId, copies) {
      const remoteIds = copies.map(({ remoteId }) => remoteId)
      const messageIds = copies.flatMap(({ rfcMessageId }) => (rfcMessageId === undefined ? [] : [rfcMessageId]))
      const rows = await tx
        .selectFrom('submissions')
        .select(['remote_draft_id', 'message_id', 'answers_by_itself'])
        .where('email_account_id', '=', accountId)
        .where(sql<boolean>`(remote_draft_id = ANY(${remoteIds}) OR message_id = ANY(${messageIds}))`)
        .execute()
      const known = new Map(
        rows.flatMap((row) => {
          const facts = { isAutomatic: row.answers_by_itself !== null }
          return [[`draft:${row.remote_draft_id}`, facts] as const, [`id:${row.message_id}`, facts] as const]
        }),
      )
      return new Map(
        copies.flatMap(({ remoteId, rfcMessageId }) => {
          const facts = known.get(`draft:${remoteId}`) ?? known.get(`id:${rfcMessageId}`)
          return facts ? [[remoteId, facts] as const] : []
        }),
      )
    },
    async conversationOf(tx, copy) {
      return (await findRow(tx, copy))?.conversation_id ?? undefined
    },
    async merged(tx, from, into) {
      await tx.updateTable('submissions').set({ conversation_id: into }).where('conversation_id', '=', from).execute()
    },
    async listOf(tx, conversationIds) {
      const rows = await tx
        .selectFrom('submissions')
        .select(['id', 'conversation_id', 'state'])
        .where(sql<boolean>`conversation_id = ANY(${conversationIds}::uuid[])`)
        .execute()
      return rows.map(({ id, conversation_id, state }) => ({
        ...{ id, conversationId: conversation_id! },
        isUnsent: state !== 'sent' && state !== 'canceled',
      }))
    },
    async filed(tx, copy) {
      const row = await findRow(tx, copy)
      if (row) await linkCopy(outbox, tx, row, { ...copy, now: clock.now() })
    },
  }
}

async function findRow(
  tx: Tx,
  copy: { emailAccountId: EmailAccountId; remoteId: string; rfcMessageId: string | undefined },
): Promise<SubmissionRow | undefined> {
  return tx
    .selectFrom('submissions')
    .selectAll()
    .where('email_account_id', '=', copy.emailAccountId)
    .where((eb) =>
      eb.or([
        eb('remote_draft_id', '=', copy.remoteId),
        ...(copy.rfcMessageId === undefined ? [] : [eb('message_id', '=', copy.rfcMessageId)]),
      ]),
    )
    .forUpdate()
    .executeTakeFirst()
}

/** Marks a submission as sent whose copy is not stored, because its recipient was erased. */
export async function linkNoCopy(
  outbox: Outbox,
  tx: Tx,
  row: SubmissionRow,
  copy: RemoteMessage,
  now: Date,
): Promise<void> {
  if (copy.flags.includes('draft')) throw new TypeError('a Sent copy that is a draft')
  const ids = { sent_message_id: null, remote_message_id: copy.messageId ?? null }
  await outbox.overrule(tx, row, {
    state: 'sent',
    state_reason: null,
    state_detail: null,
    ...ids,
    tidy_at: tidyAt(row, now),
  })
}

/** Earlier attempts may have left a draft. */
function tidyAt(row: SubmissionRow, now: Date): Date | null {
  return row.attempts > 1 ? new Date(now.getTime() + TIDY_AFTER_MS) : null
}

/** Marks a submission as sent by its stored copy, regardless of its state before. */
export async function linkCopy(
  outbox: Outbox,
  tx: Tx,
  row: SubmissionRow,
  copy: { messageId: StoredMessageId; conversationId: ConversationId; rfcMessageId: string | undefined; now: Date },
): Promise<void> {
  if (row.sent_message_id === copy.messageId) return
  await outbox.overrule(tx, row, {
    state: 'sent',
    state_reason: null,
    state_detail: null,
    sent_message_id: copy.messageId,
    conversation_id: copy.conversationId,
    remote_message_id: copy.rfcMessageId ?? null,
    tidy_at: tidyAt(row, copy.now),
  })
}
