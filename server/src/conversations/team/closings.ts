import { sql } from 'kysely'
import type { AuditLog } from '../../audit/index.ts'
import type { Database, Tx } from '../../database/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { ConversationId, EmailAccountId } from '../../kernel/ids.ts'
import { createTicker, type Ticker } from '../../kernel/ticker.ts'
import { forgetClosed, keepClosed, restoreClosed, UNDO_WITHIN_MS } from './closed-conversations.ts'
import { endUnreadMarks } from './reads.ts'

/** Another process continues a closing at most this long after the one that worked on it has ended. */
const CHECK_EVERY_MS = 15_000
const ROUND_LIMIT_MS = 60_000
/** Conversations per transaction. */
const BATCH = 500
/** Counting ends here, so that the cost is bounded: a count of this size means *at least*. */
export const MOST_CLOSING_COUNTED = 10_000

/** Closing of all conversations of a mailbox that are older than a time. */
export interface ConversationClosing {
  before: Date
  startedAt: Date
  /** Number of conversations closed so far. */
  closed: number
  finishedAt: Date | undefined
  /** Time until which it can be undone; undefined if it can't, or is undone. */
  undoUntil: Date | undefined
  undo: ClosingUndo | undefined
}

export interface ClosingUndo {
  /** Number of conversations opened again so far. */
  reopened: number
  finishedAt: Date | undefined
}

/**
 * Closes the old conversations of a mailbox in the background, and marks their messages as read. Concerns open and waiting
 * ones whose last message was received before a time; not those that a snooze has brought back since. Assignee, tags and
 * the mailbox itself stay as they are.
 */
export interface Closings {
  /** Number of conversations that {@link Closings.begin} would close, up to {@link MOST_CLOSING_COUNTED}. */
  count(accountId: EmailAccountId, before: Date): Promise<number>
  /** The latest closing of a mailbox. */
  find(accountId: EmailAccountId): Promise<ConversationClosing | undefined>
  /** @throws AppError `conversations.closing_under_way`, also while the last one is being undone */
  begin(accountId: EmailAccountId, before: Date, actor: string): Promise<ConversationClosing>
  /**
   * Ends the latest closing of a mailbox, and opens in the background what it has closed, with status and read state as
   * before. A conversation that anything has changed since stays as it is.
   *
   * @throws AppError `conversations.closing_kept` when there is none, it is undone, or a day has passed
   */
  undo(accountId: EmailAccountId, actor: string): Promise<ConversationClosing>
}

export interface ClosingService extends Pick<Ticker, 'start' | 'stop'> {
  closings: Closings
  /** Works until all closings and undos are finished. Several processes may run it at the same time. */
  work(): Promise<void>
}

interface Job {
  email_account_id: EmailAccountId
  closes_before: Date
  actor: string
  undone_by: string | null
}

export function createClosings(deps: {
  database: Database
  clock: Clock
  events: Events
  audit: AuditLog
  onError?: ((error: unknown) => void) | undefined
}): ClosingService {
  const { database, clock, events, audit, onError = () => undefined } = deps
  const { db } = database

  async function count(tx: typeof db, accountId: EmailAccountId, before: Date): Promise<number> {
    const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM (SELECT FROM conversations
      WHERE email_account_id = ${accountId} AND listed_as IN ('open', 'waiting')
        AND listed_at < ${before} LIMIT ${MOST_CLOSING_COUNTED}) AS found`.execute(tx)
    return rows[0]!.n
  }

  async function find(accountId: EmailAccountId): Promise<ConversationClosing | undefined> {
    const row = await db
      .selectFrom('conversation_closings')
      .selectAll()
      .where('email_account_id', '=', accountId)
      .executeTakeFirst()
    if (!row) return undefined
    const finishedAt = row.finished_at ?? undefined
    const undoUntil = new Date((finishedAt ?? clock.now()).getTime() + UNDO_WITHIN_MS)
    const isUndone = row.undone_by !== null
    return {
      ...{ before: row.closes_before, startedAt: row.started_at, closed: row.closed, finishedAt },
      undoUntil: isUndone || undoUntil <= clock.now() ? undefined : undoUntil,
      undo: isUndone ? { reopened: row.reopened, finishedAt: row.undone_at ?? undefined } : undefined,
    }
  }

  async function begin(accountId: EmailAccountId, before: Date, actor: string): Promise<ConversationClosing> {
    await database.transaction(async (tx) => {
      const begun = {
        ...{ closes_before: before, actor, started_at: clock.now(), closed: 0, finished_at: null },
        ...{ undone_by: null, reopened: 0, undone_at: null },
      }
      const { numInsertedOrUpdatedRows } = await tx
        .insertInto('conversation_closings')
        .values({ email_account_id: accountId, ...begun })
        .onConflict((conflict) =>
          conflict
            .column('email_account_id')
            .doUpdateSet(begun)
            .where('conversation_closings.finished_at', 'is not', null)
            .where(sql<boolean>`(conversation_closings.undone_by IS NULL) = (conversation_closings.undone_at IS NULL)`),
        )
        .executeTakeFirstOrThrow()
      if (numInsertedOrUpdatedRows === 0n) throw new AppError('conversations.closing_under_way')
      for (let isLeft = true; isLeft;) isLeft = await forgetClosed(tx, accountId)
      const counted = await count(tx, accountId, before)
      const isAtLeast = counted === MOST_CLOSING_COUNTED
      const detail = { before: before.toISOString(), count: counted, ...(isAtLeast && { isAtLeast }) }
      await audit.record(tx, { actor, action: 'email_account.conversations_closed', subject: accountId, detail })
    })
    ticker.poke()
    return (await find(accountId))!
  }

  async function undo(accountId: EmailAccountId, actor: string): Promise<ConversationClosing> {
    await database.transaction(async (tx) => {
      const now = clock.now()
      // Waits for the batch in progress, which has this row.
      const { numUpdatedRows } = await tx
        .updateTable('conversation_closings')
        .set((eb) => ({ undone_by: actor, finished_at: eb.fn.coalesce('finished_at', eb.val(now)) }))
        .where('email_account_id', '=', accountId)
        .where('undone_by', 'is', null)
        .where((eb) =>
          eb.or([eb('finished_at', 'is', null), eb('finished_at', '>', new Date(now.getTime() - UNDO_WITHIN_MS))]),
        )
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 0n) throw new AppError('conversations.closing_kept')
      await audit.record(tx, { actor, action: 'email_account.conversations_reopened', subject: accountId })
    })
    ticker.poke()
    return (await find(accountId))!
  }

  async function work(over?: AbortSignal): Promise<void> {
    while (!over?.aborted) if (!(await database.transaction(workOnOne))) break
    while (!over?.aborted) if (!(await database.transaction(forgetOld))) return
  }

  /**
   * Closes or opens one batch of one mailbox. Returns false if no mailbox is left, or only rows that someone changes right
   * now.
   */
  async function workOnOne(tx: Tx): Promise<boolean> {
    const { rows: jobs } = await sql<Job>`SELECT email_account_id, closes_before, actor, undone_by
      FROM conversation_closings WHERE finished_at IS NULL OR (undone_by IS NULL) <> (undone_at IS NULL)
      ORDER BY started_at LIMIT 1 FOR UPDATE SKIP LOCKED`.execute(tx)
    const job = jobs[0]
    if (!job) return false
    return job.undone_by === null ? closeSome(tx, job) : reopenSome(tx, job, job.undone_by)
  }

  async function reopenSome(tx: Tx, { email_account_id: emailAccountId }: Job, by: string): Promise<boolean> {
    const { settled, reopened, isLast } = await restoreClosed(tx, emailAccountId, BATCH)
    await tx
      .updateTable('conversation_closings')
      .set((eb) => ({ reopened: eb('reopened', '+', reopened), ...(isLast && { undone_at: clock.now() }) }))
      .where('email_account_id', '=', emailAccountId)
      .execute()
    if (settled === 0 && !isLast) return false
    await events.append(tx, {
      kind: 'email_account.conversations_reopened',
      ...{ emailAccountId, subjectId: emailAccountId, at: clock.now() },
      payload: { by, count: reopened, done: isLast },
    })
    return true
  }

  async function closeSome(tx: Tx, job: Job): Promise<boolean> {
    const candidates = await findSome(tx, job)
    const closed = await close(tx, candidates, job.closes_before)
    const isLast = candidates.length === 0
    await tx
      .updateTable('conversation_closings')
      .set((eb) => ({ closed: eb('closed', '+', closed), ...(isLast && { finished_at: clock.now() }) }))
      .where('email_account_id', '=', job.email_account_id)
      .execute()
    if (closed === 0 && !isLast) return false
    // One event per batch: one per conversation would occupy every open browser for minutes.
    await events.append(tx, {
      kind: 'email_account.conversations_closed',
      emailAccountId: job.email_account_id,
      subjectId: job.email_account_id,
      payload: { by: job.actor, count: closed, done: isLast },
      at: clock.now(),
    })
    return true
  }

  /** The oldest first. One lane per list, in the order of the index. */
  async function findSome(tx: Tx, { email_account_id: accountId, closes_before: before }: Job) {
    const lane = (list: 'open' | 'waiting') => sql`(SELECT id FROM conversations
      WHERE email_account_id = ${accountId} AND listed_as = ${list} AND listed_at < ${before}
      ORDER BY listed_at, id LIMIT ${BATCH})`
    const { rows } = await sql<{ id: ConversationId }>`${lane('open')} UNION ALL ${lane('waiting')}`.execute(tx)
    return rows.slice(0, BATCH).map(({ id }) => id)
  }

  /** The statement checks the conversations again: one may have got a reply since. */
  async function close(tx: Tx, ids: readonly ConversationId[], before: Date): Promise<number> {
    if (ids.length === 0) return 0
    const { rows } = await sql<{ id: ConversationId }>`
      SELECT id FROM conversations WHERE id = ANY(${ids}::uuid[]) AND listed_as IN ('open', 'waiting')
        AND listed_at < ${before} ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`.execute(tx)
    const closed = rows.map(({ id }) => id)
    await keepClosed(tx, closed, clock.now())
    await sql`UPDATE conversations SET status = 'closed', unread = false, news_at = NULL
      WHERE id = ANY(${closed}::uuid[])`.execute(tx)
    await sql`UPDATE messages SET unread = false
      WHERE conversation_id = ANY(${closed}::uuid[]) AND unread`.execute(tx)
    await endUnreadMarks(tx, closed)
    return closed.length
  }

  /**
   * Deletes a part of the former states of one mailbox that can no longer be restored. Returns false if no mailbox has
   * any, or only one whose closing is being changed right now.
   */
  async function forgetOld(tx: Tx): Promise<boolean> {
    const over = new Date(clock.now().getTime() - UNDO_WITHIN_MS)
    const { rows } = await sql<{ id: EmailAccountId }>`SELECT email_account_id AS id FROM conversation_closings
      WHERE finished_at <= ${over} AND undone_by IS NULL
        AND EXISTS (SELECT FROM closed_conversations AS kept
          WHERE kept.email_account_id = conversation_closings.email_account_id)
      LIMIT 1 FOR UPDATE SKIP LOCKED`.execute(tx)
    for (const { id } of rows) await forgetClosed(tx, id)
    return rows.length > 0
  }

  const ticker = createTicker({
    name: 'conversations.closings',
    clock,
    everyMs: CHECK_EVERY_MS,
    deadlineMs: ROUND_LIMIT_MS,
    run: work,
    onError,
  })

  return {
    closings: { count: (id, before) => count(db, id, before), find, begin, undo },
    work: () => work(),
    start: () => ticker.start(),
    stop: () => ticker.stop(),
  }
}
