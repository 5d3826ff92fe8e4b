import { sql, type Insertable, type Kysely, type QueryCreator, type Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../database/index.ts'
import { appendFrom } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { ConversationId, EmailAccountId, IdentityId, StoredMessageId, SubmissionId } from '../kernel/ids.ts'
import type { Address, OutgoingAttachment, OutgoingMessage } from '../mail/index.ts'
import type { Submission, SubmissionAttachment, SubmissionContent, SubmissionState } from './submission.ts'

/** On which workers are woken, with the mailbox and when it is due. A hint: the table is the truth. */
export const OUTBOX_CHANNEL = 'submissions'
const WOKEN = sql`CASE WHEN state IN ('queued', 'sending', 'handed-over') OR tidy_at IS NOT NULL THEN
  pg_notify(${OUTBOX_CHANNEL}, email_account_id || ' ' || extract(epoch FROM least(due_at, tidy_at)) * 1000)
  END`.as('woken')

const MINUTE_MS = 60_000

/**
 * Of one mailbox, all workers together: one whose server is slow, or silent until a minute is over, must leave places to
 * the others, and Exchange takes three connections by SMTP.
 */
export const MOST_OF_ONE_ACCOUNT = 2
/** Locks of this room: which class (two numbers make one lock, PostgreSQL, Advisory Locks). */
const SHARE_LOCK = 20557

/** How long a claim holds without a sign of life of its worker. */
export const LEASE_MS = 60_000

export type SubmissionRow = Selectable<Schema['submissions']>

/** `content` of the table. */
export interface StoredContent extends Omit<SubmissionContent, 'attachments'> {
  from: Address
  replyTo?: readonly Address[]
  /** Nobody wrote it. */
  isAutomatic?: boolean
  /** Of which `from` was taken. */
  identityId?: IdentityId | undefined
  inReplyTo: readonly string[]
  references: readonly string[]
  /** The one that was chosen to be answered. */
  replyToMessageId?: StoredMessageId | undefined
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
  >
> & { state_reason?: ErrorCode | null }

/** Somebody else has the row by now; whoever sees this stops at once and touches nothing more. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

export type Outbox = ReturnType<typeof createOutbox>

/** The table and who may write to its rows: whoever claimed one last, as its fencing number tells. */
export function createOutbox({ database, clock }: { database: Database; clock: Clock }) {
  const { db } = database

  /**
   * The next row that is due and that nobody works at. The claim counts the fencing number up, so that a worker that
   * was thought dead can write no more. Submissions and mailboxes that are named are left alone: the worker knows the rows
   * that it has, also when the clock was moved over the end of their lease, and the mailboxes that have their share of it.
   * What other workers have under way is counted here, one claim of a mailbox at a time.
   */
  async function claim(
    worker: string,
    choice: {
      submissions?: readonly SubmissionId[]
      emailAccounts?: readonly EmailAccountId[]
      onlyOf?: EmailAccountId
    } = {},
  ): Promise<SubmissionRow | undefined> {
    const now = clock.now()
    const { submissions = [], emailAccounts = [], onlyOf } = choice
    const claimed = await database.transaction(async (tx) => {
      const found = await tx
        .with('due', (parts) => free(parts).where('state', 'in', WAITS).where('due_at', '<=', now).orderBy('due_at'))
        .with('untidy', (parts) =>
          free(parts)
            .where('tidy_at', '<=', now)
            .where(sql<boolean>`NOT EXISTS (SELECT 1 FROM due)`)
            .orderBy('tidy_at'),
        )
        .with('next', (parts) => parts.selectFrom('due').selectAll().unionAll(parts.selectFrom('untidy').selectAll()))
        .selectFrom('next')
        .selectAll()
        .select(sql`pg_advisory_xact_lock(${SHARE_LOCK}, hashtext(email_account_id::text))`.as('held'))
        .executeTakeFirst()
      if (!found) return undefined

      const begins = (found.state === 'queued' || found.state === 'sending') && found.due_at <= now
      const state = begins ? 'sending' : found.state
      const claiming = tx.with('claimed', (parts) =>
        parts
          .updateTable('submissions')
          .set({
            state,
            fence: found.fence + 1,
            claimed_by: worker,
            lease_until: leaseEnd(),
            attempts: found.attempts + (begins ? 1 : 0),
          })
          .where('id', '=', found.id)
          // Seen with the lock in hand: whoever held it before has claimed.
          .where(
            sql<boolean>`(SELECT count(*) FROM submissions AS others WHERE email_account_id = ${found.email_account_id}
              AND claimed_by IS NOT NULL AND lease_until > ${now}) < ${MOST_OF_ONE_ACCOUNT}`,
          )
          .returningAll(),
      )
      const row = await (state === found.state
        ? claiming.selectFrom('claimed').selectAll().executeTakeFirst()
        : claiming
            .with('told', (parts) => appendFrom(parts, told('claimed')))
            .selectFrom('claimed')
            .selectAll()
            .executeTakeFirst())
      return row ?? found.email_account_id
    })
    if (typeof claimed !== 'string') return claimed
    return onlyOf ? undefined : claim(worker, { submissions, emailAccounts: [...emailAccounts, claimed] })

    /** Looked for in two steps, each of which an index has in its order: together all that waits would be sorted. */
    function free(parts: QueryCreator<Schema>) {
      return parts
        .selectFrom('submissions')
        .select(['id', 'email_account_id', 'state', 'due_at', 'fence', 'attempts'])
        .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)]))
        .where(sql<boolean>`id <> ALL(${submissions}::uuid[])`)
        .where('email_account_id', 'not in', (eb) =>
          eb
            .selectFrom('submissions')
            .select('email_account_id')
            .where('claimed_by', 'is not', null)
            .where('lease_until', '>', now)
            .groupBy('email_account_id')
            .having((each) => each.fn.countAll<number>(), '>=', MOST_OF_ONE_ACCOUNT),
        )
        .$if(onlyOf !== undefined, (query) => query.where('email_account_id', '=', onlyOf!))
        .$if(emailAccounts.length > 0, (query) => query.where(noneOf(emailAccounts)))
        .limit(1)
        .forUpdate()
        .skipLocked()
    }
  }

  /** Writes under the claim and stretches its lease; gives the row back when `release` says so. */
  async function save(
    claimed: SubmissionRow,
    change: Change,
    { release }: { release: boolean },
  ): Promise<SubmissionRow> {
    const { state = claimed.state, state_reason = claimed.state_reason } = change
    const row = await database.oneStatement((statement) => {
      const saving = statement.with('saved', (parts) =>
        parts
          .updateTable('submissions')
          .set({ ...change, ...(release ? FREE : { lease_until: leaseEnd() }) })
          .where('id', '=', claimed.id)
          .where('fence', '=', claimed.fence)
          .returningAll(),
      )
      // Who has the claim knows what stands there. That nothing happened need be told to nobody.
      return state === claimed.state && state_reason === claimed.state_reason
        ? saving.selectFrom('saved').selectAll().executeTakeFirst()
        : saving
            .with('told', (parts) => appendFrom(parts, told('saved')))
            .selectFrom('saved')
            .selectAll()
            .executeTakeFirst()
    })
    if (!row) throw new Overtaken(claimed.id)
    return row
  }

  /** Says that the worker lives. */
  async function renew(claimed: SubmissionRow): Promise<void> {
    const { numUpdatedRows } = await db
      .updateTable('submissions')
      .set({ lease_until: leaseEnd() })
      .where('id', '=', claimed.id)
      .where('fence', '=', claimed.fence)
      // A sign of life that comes after the row was given back must not hold it.
      .where('claimed_by', '=', claimed.claimed_by)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw new Overtaken(claimed.id)
  }

  /**
   * Where the server counts messages: throws, with the time at which there is room again, as long as the mailbox has had
   * its share of a minute. Counted in the table, because other processes send as well.
   *
   * @throws {AppError} `transports.smtp_pace`
   */
  async function refuseHaste(row: SubmissionRow, messagesPerMinute: number | undefined): Promise<void> {
    if (messagesPerMinute === undefined) return
    const begun = await db
      .selectFrom('submissions')
      .select('send_begun_at')
      .where('email_account_id', '=', row.email_account_id)
      .where('send_begun_at', '>', new Date(clock.now().getTime() - MINUTE_MS))
      .orderBy('send_begun_at', 'desc')
      .limit(messagesPerMinute)
      .execute()
    const oldest = begun[messagesPerMinute - 1]?.send_begun_at
    if (!oldest) return
    const retryAt = new Date(oldest.getTime() + MINUTE_MS)
    throw new AppError('transports.smtp_pace', { upstream: { retryAt } })
  }

  function leaseEnd(): Date {
    return new Date(clock.now().getTime() + LEASE_MS)
  }

  /**
   * A change by somebody who has no claim: a person, or the copy in Sent that was met. Whoever works at the row is
   * overtaken.
   */
  async function overrule(tx: Tx, row: SubmissionRow, change: Change): Promise<SubmissionRow> {
    return tx
      .with('changed', (parts) =>
        parts
          .updateTable('submissions')
          .set({ ...change, ...FREE, fence: row.fence + 1 })
          .where('id', '=', row.id)
          .returningAll(),
      )
      .with('dropped', (parts) =>
        parts
          .updateTable('submission_attachments')
          .set({ content: null })
          .where('submission_id', 'in', (eb) => eb.selectFrom('changed').select('id').where('state', '=', 'sent')),
      )
      .with('told', (parts) => {
        const isNews = sql`state <> ${row.state} OR sent_message_id IS DISTINCT FROM ${row.sent_message_id}::uuid`
        return appendFrom(parts, sql`${told('changed')} WHERE ${isNews}`)
      })
      .selectFrom('changed')
      .selectAll()
      .select(WOKEN)
      .executeTakeFirstOrThrow()
  }

  /**
   * Stores what was accepted, with its event, and wakes the workers. Nothing when its key is there already.
   *
   * @param on a transaction when more belongs to it
   */
  async function accept(
    on: Kysely<Schema>,
    values: Omit<Insertable<Schema['submissions']>, 'state'>,
  ): Promise<SubmissionRow | undefined> {
    return on
      .with('accepted', (parts) =>
        parts
          .insertInto('submissions')
          .values({ ...values, state: 'queued' })
          .onConflict((conflict) => conflict.columns(['email_account_id', 'idempotency_key']).doNothing())
          .returningAll(),
      )
      .with('told', (parts) => appendFrom(parts, told('accepted')))
      .selectFrom('accepted')
      .selectAll()
      .select(WOKEN)
      .executeTakeFirst()
  }

  /** What rows say of themselves as events. */
  function told(rows: 'accepted' | 'claimed' | 'saved' | 'changed') {
    return sql`SELECT 'submission.' || state, email_account_id, id::text, jsonb_build_object(
      'state', state, 'reason', state_reason, 'conversationId', conversation_id, 'messageId', sent_message_id
    ), ${clock.now()}::timestamptz FROM ${sql.table(rows)}`
  }

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

  /** When there is something to do next, as far as it is known now, at other mailboxes than these. */
  async function nextDueAt(busy: readonly EmailAccountId[] = []): Promise<Date | undefined> {
    const elsewhere = busy.length > 0 ? noneOf(busy) : sql`true`
    const waits = sql`state IN ('queued', 'sending', 'handed-over') AND ${elsewhere}`
    const { rows } = await sql<{ at: Date | null }>`
      SELECT min(at) AS at FROM (
        (SELECT due_at AS at FROM submissions WHERE ${waits} AND lease_until IS NULL ORDER BY due_at LIMIT 1)
        UNION ALL SELECT greatest(due_at, lease_until) FROM submissions WHERE ${waits} AND lease_until IS NOT NULL
        UNION ALL SELECT greatest(tidy_at, coalesce(lease_until, tidy_at))
          FROM submissions WHERE tidy_at IS NOT NULL AND ${elsewhere}
      ) AS due`.execute(db)
    return rows[0]?.at ?? undefined
  }

  /** What waited for its account to work again is due now. */
  async function hurry(emailAccountId: EmailAccountId): Promise<void> {
    await db
      .updateTable('submissions')
      .set({ due_at: notHeld(clock.now()) })
      .where('email_account_id', '=', emailAccountId)
      .where('state', '=', 'queued')
      .where('due_at', '>', clock.now())
      .execute()
  }

  /** What waits beside one that met a closed door does not knock as well. */
  async function postpone(emailAccountId: EmailAccountId, until: Date, { code }: AppError): Promise<void> {
    await db
      .updateTable('submissions')
      .set({ due_at: until, state_reason: code, state_detail: null })
      .where('email_account_id', '=', emailAccountId)
      .where('state', '=', 'queued')
      .where('claimed_by', 'is', null)
      .where('due_at', '<', until)
      .execute()
  }

  /** The row, locked for the rest of `tx`. */
  async function lock(tx: Tx, id: SubmissionId): Promise<SubmissionRow> {
    const row = await tx.selectFrom('submissions').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
    if (!row) throw new AppError('submission.not_found')
    return row
  }

  /** As it goes out: composed from what was stored at acceptance, so that every attempt writes the same message. */
  async function outgoing(row: SubmissionRow): Promise<OutgoingMessage> {
    const content = row.content as StoredContent
    const attachments = await attachmentsOf(db, row.id)
    return { ...content, messageId: row.message_id, sentAt: row.created_at, attachments }
  }

  /** With their bytes, while there are any. */
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

  /** One that was just accepted. */
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
    return rows.map((row) =>
      toSubmission(
        row,
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

  return {
    claim,
    save,
    renew,
    refuseHaste,
    overrule,
    accept,
    attach,
    nextDueAt,
    hurry,
    postpone,
    lock,
    outgoing,
    attachmentsOf,
    dropBytes,
    present,
    presentNew,
  }
}

/** Now, or when it is no longer held. */
function notHeld(now: Date) {
  return sql<Date>`greatest(not_before, ${now}::timestamptz)`
}

function noneOf(emailAccounts: readonly EmailAccountId[]) {
  return sql<boolean>`email_account_id <> ALL(${emailAccounts}::uuid[])`
}

const FREE = { claimed_by: null, lease_until: null }

const WAITS: SubmissionState[] = ['queued', 'sending', 'handed-over']

function toSubmission(row: SubmissionRow, now: Date, attachments: readonly SubmissionAttachment[]): Submission {
  const { from, replyTo = [], inReplyTo, references, to, cc, bcc, subject, text, html } = row.content as StoredContent
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
    sentMessageId: row.sent_message_id ?? undefined,
    content: { to, cc, bcc, subject, text, html, attachments },
    from,
    replyTo,
    inReplyTo,
    references,
    submittedBy: row.submitted_by,
    isAutomatic: row.answers_by_itself !== null,
    createdAt: row.created_at,
  }
}
