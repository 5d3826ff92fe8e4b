import { sql } from 'kysely'
import type { MessageFiling } from '../conversations/index.ts'
import type { Database, Tx } from '../database/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import { backoffMs } from '../kernel/backoff.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError, CATALOGUE, knownCode, storableUpstream } from '../kernel/errors.ts'
import type { EmailAccountId, StoredMessageId } from '../kernel/ids.ts'
import type { Attempt, BatchResult } from './batch.ts'

/** Pause after a failure of one message, and of a whole mailbox. A failure that a person has to end lasts longer. */
const PAUSE = { first: 60_000, longest: 60 * 60_000, jitter: 0.2 }
const PAUSE_OF_ACCOUNT = { first: 5_000, longest: 15 * 60_000, jitter: 0.2 }
const PAUSE_FOR_PERSON = { first: 5 * 60_000, longest: 60 * 60_000, jitter: 0.2 }
/** Attempts after which an action of one message has failed. */
const MOST_ATTEMPTS = 8
/** End of a message that was never tried: its id is of the other protocol, or of a folder that was renumbered. */
const UNREACHABLE = new AppError('account_actions.message_unreachable').code

interface EndedRow {
  message_id: StoredMessageId
  version: number
  seen_pending: boolean
  move_pending: boolean
  /** Another program has moved the message: Postkey forgets where it was. */
  is_elsewhere: boolean
  due_at: Date | null
  attempts: number
  code: string | null
}

/** State of a mailbox while its settings are locked. */
interface Held {
  /** Failed attempts since the last success. */
  failures: number
  trouble: { code: string; since: Date } | undefined
}

export interface ResultsDeps {
  database: Database
  clock: Clock
  filing: Pick<MessageFiling, 'recordMoves' | 'followMoves'>
  random?: (() => number) | undefined
}

/**
 * Stores the results of attempts. A worker whose lease another one has taken stores only its effects at the server: the
 * rest is decided by the attempts of the other.
 */
export function createResults({ database, clock, filing, random }: ResultsDeps) {
  async function save(account: EmailAccount, lease: string, result: BatchResult): Promise<void> {
    const { attempts, stoppedBy } = result
    await database.transaction(async (tx) => {
      // First, because it locks the filing of the mailbox, which takes this lock before all others.
      await filing.recordMoves(
        tx,
        account,
        attempts.flatMap(({ action, move }) => {
          if (move?.kind !== 'done') return []
          const { messageId, remoteId } = action
          return [
            {
              ...{ messageId, remoteId, newRemoteId: move.remoteId },
              ...{ fromRemoteId: move.from.remoteId, toRemoteId: move.to.remoteId },
            },
          ]
        }),
      )
      const overtaken = await listOvertaken(tx, account, lease, result)
      await filing.followMoves(tx, account, overtaken.map(({ action }) => action.messageId)) // prettier-ignore
      const held = await readSettings(tx, account.id, lease, 'locked')
      await lockRows(tx, attempts)
      await saveFacts(tx, attempts)
      if (!held) return
      const failures = failuresOf(held, attempts)
      await saveEnds(tx, attempts.map((attempt) => ended(attempt, result, failures))) // prettier-ignore
      const errorOfAccount = attempts.map(failureOf).find((error) => error && awaitsPerson(error))
      if (stoppedBy) await hold(tx, account.id, stoppedBy, { ...held, failures })
      else await free(tx, account.id, held, errorOfAccount)
    })
  }

  /**
   * Attempts at messages of closed conversations that end without a move of Postkey. If another program has discarded
   * the message meanwhile, its conversation follows now. A person who chose Spam, Deleted or the inbox prevails, so a
   * message that was to leave Junk or Deleted Items has no effect.
   */
  async function listOvertaken(tx: Tx, { id }: EmailAccount, lease: string, result: BatchResult): Promise<Attempt[]> {
    const { attempts } = result
    const unmoved = attempts.filter(
      ({ action: { place, movePending, leavesDiscarded }, move }) =>
        place === 'closed' && movePending && !leavesDiscarded && move?.kind !== 'done',
    )
    if (unmoved.length === 0) return []
    // Without a lock, because conversations are locked before settings.
    const held = await readSettings(tx, id, lease, 'unlocked')
    return unmoved.filter((attempt) => {
      if (attempt.move?.kind === 'elsewhere') return true
      if (!held) return false
      const { move_pending: isPending, due_at: dueAt } = ended(attempt, result, failuresOf(held, attempts))
      return !isPending || dueAt === null
    })
  }

  /** @returns undefined if another worker has the lease */
  async function readSettings(
    tx: Tx,
    id: EmailAccountId,
    lease: string,
    lock: 'locked' | 'unlocked',
  ): Promise<Held | undefined> {
    const row = await tx
      .selectFrom('account_action_settings')
      .select(['failures', 'claimed_by', 'trouble_code', 'trouble_since'])
      .where('email_account_id', '=', id)
      .$if(lock === 'locked', (query) => query.forUpdate())
      .executeTakeFirst()
    if (row?.claimed_by !== lease) return undefined
    const { failures, trouble_code: code, trouble_since: since } = row
    return { failures, trouble: code !== null && since !== null ? { code, since } : undefined }
  }

  /** In the order of ids, as the intake does: the updates lock rows in any order. */
  async function lockRows(tx: Tx, attempts: readonly Attempt[]): Promise<void> {
    await tx
      .selectFrom('account_actions')
      .select('message_id')
      .where('message_id', '=', sql<StoredMessageId>`ANY(${attempts.map(({ action }) => action.messageId)}::uuid[])`)
      .orderBy('message_id')
      .forNoKeyUpdate()
      .execute()
  }

  /** Effects at the server, which stay true if the wanted state has changed meanwhile. */
  async function saveFacts(tx: Tx, attempts: readonly Attempt[]): Promise<void> {
    const marked = attempts.filter(({ seen }) => seen?.kind === 'done')
    const moved = attempts.flatMap(({ action, move }) => (move?.kind === 'done' ? [{ action, to: move.to }] : []))
    if (marked.length > 0) {
      await sql`UPDATE account_actions SET seen_written = mark.is_seen
        FROM unnest(${marked.map(({ action }) => action.messageId)}::uuid[],
          ${marked.map(({ action }) => action.wantsSeen)}::boolean[]) AS mark(id, is_seen)
        WHERE message_id = mark.id`.execute(tx)
    }
    if (moved.length > 0) {
      await sql`UPDATE account_actions SET at_folder_id = move.folder_id
        FROM unnest(${moved.map(({ action }) => action.messageId)}::uuid[],
          ${moved.map(({ to }) => to.id)}::uuid[]) AS move(id, folder_id)
        WHERE message_id = move.id`.execute(tx)
    }
  }

  async function saveEnds(tx: Tx, rows: readonly EndedRow[]): Promise<void> {
    await sql`UPDATE account_actions AS action SET seen_pending = row.seen_pending, move_pending = row.move_pending,
        due_at = row.due_at, code = row.code, attempts = row.attempts,
        place = CASE WHEN NOT row.is_elsewhere THEN action.place END,
        home_folder_id = CASE WHEN NOT row.is_elsewhere THEN home_folder_id END,
        at_folder_id = CASE WHEN NOT row.is_elsewhere THEN at_folder_id END
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row(message_id uuid, version integer,
        seen_pending boolean, move_pending boolean, is_elsewhere boolean, due_at timestamptz, attempts integer, code text)
      WHERE action.message_id = row.message_id AND action.version = row.version`.execute(tx)
  }

  /** @param failures attempts at the mailbox that have failed since the last success */
  function ended(attempt: Attempt, { isIncomplete, stoppedBy }: BatchResult, failures: number): EndedRow {
    const { action, seen, move, dropsSeen, dropsMove, stopsBatch } = attempt
    const seenPending = action.seenPending && !dropsSeen && !(seen && seen.kind !== 'failed')
    const movePending = action.movePending && !dropsMove && !(move && move.kind !== 'failed')
    const failed = failureOf(attempt)
    // The message waits as long as its mailbox: it does not run out of attempts.
    const isOfAccount = failed !== undefined && awaitsPerson(failed)
    const isPending = seenPending || movePending
    const isTried = !isIncomplete || failed !== undefined
    // The mailbox worked until this message. During an outage, the count of each message must not run out.
    const isSuspect = stopsBatch && failures === 0 && stoppedBy?.entry.scope !== 'throttling'
    const isCounted = !isOfAccount && (isTried || isSuspect)
    const isOver = isPending && isCounted && action.attempts + 1 >= MOST_ATTEMPTS
    // A message that stopped the batch lets the others go first, so that it can't block them.
    const ofMessage = isTried || stopsBatch ? backoffMs(PAUSE, action.attempts, random ? { random } : {}) : 0
    const pauseMs = isOfAccount ? pauseByAge(action.changedAt) : ofMessage
    const error = failed ?? (isSuspect ? stoppedBy : undefined)
    return {
      message_id: action.messageId,
      version: action.version,
      seen_pending: seenPending,
      move_pending: movePending,
      is_elsewhere: move?.kind === 'elsewhere',
      due_at: isPending && !isOver ? after(pauseMs) : null,
      attempts: action.attempts + (isCounted ? 1 : 0),
      code: isPending ? (error?.code ?? (isOver ? UNREACHABLE : null)) : null,
    }
  }

  /** Holds all actions of a mailbox. */
  async function hold(tx: Tx, id: EmailAccountId, error: AppError, { failures, trouble }: Held): Promise<void> {
    const pause = error.remedy === 'wait' ? PAUSE_OF_ACCOUNT : PAUSE_FOR_PERSON
    const floorMs = Math.max(0, (error.upstream?.retryAt?.getTime() ?? 0) - clock.now().getTime())
    await tx
      .updateTable('account_action_settings')
      .set({
        held_until: after(backoffMs(pause, failures, { ...(random && { random }), floorMs })),
        failures: failures + 1,
        ...troubleWith(error, trouble),
      })
      .where('email_account_id', '=', id)
      .execute()
  }

  /** Ends the pause of a mailbox. A trouble ends when no message waits with it any more. */
  async function free(tx: Tx, id: EmailAccountId, { trouble }: Held, error: AppError | undefined): Promise<void> {
    const none = { trouble_code: null, trouble_since: null, trouble_upstream: null }
    const isOver = !error && !(trouble && (await isWaiting(tx, id, trouble.code)))
    await tx
      .updateTable('account_action_settings')
      .set({ held_until: null, failures: 0, ...(isOver && none), ...(error && troubleWith(error, trouble)) })
      .where('email_account_id', '=', id)
      .execute()
  }

  /** A failure that a person has to end starts again after one that ends by itself. */
  function troubleWith(error: AppError, before: Held['trouble']) {
    const goesOn = before && (error.remedy === 'wait' || CATALOGUE[knownCode(before.code)].remedy !== 'wait')
    return {
      trouble_code: error.code,
      trouble_since: goesOn ? before.since : clock.now(),
      trouble_upstream: JSON.stringify(storableUpstream(error.upstream)),
    }
  }

  async function isWaiting(tx: Tx, id: EmailAccountId, code: string): Promise<boolean> {
    const { rows } = await sql`SELECT FROM account_actions
      WHERE email_account_id = ${id} AND due_at IS NOT NULL AND code = ${code} LIMIT 1`.execute(tx)
    return rows.length > 0
  }

  /** As long as the message has waited: each pause is twice the one before. */
  function pauseByAge(since: Date): number {
    const { first, longest } = PAUSE_FOR_PERSON
    return Math.min(longest, Math.max(first, clock.now().getTime() - since.getTime()))
  }

  function after(ms: number): Date {
    return new Date(clock.now().getTime() + Math.round(ms))
  }

  async function holdAll(id: EmailAccountId, lease: string, error: AppError): Promise<void> {
    await database.transaction(async (tx) => {
      const held = await readSettings(tx, id, lease, 'locked')
      if (held) await hold(tx, id, error, held)
    })
  }

  return { save, holdAll }
}

function failureOf({ seen, move }: Attempt): AppError | undefined {
  for (const outcome of [seen, move]) if (outcome?.kind === 'failed') return outcome.error
  return undefined
}

/** The mailbox has a fault that a person has to end, such as a missing folder. */
function awaitsPerson({ remedy, entry }: AppError): boolean {
  return (remedy === 'admin' || remedy === 'sign-in') && entry.scope !== 'message'
}

/** Failed attempts since the last success, which may be one of these. */
function failuresOf({ failures }: Held, attempts: readonly Attempt[]): number {
  return attempts.some(hasEffect) ? 0 : failures
}

function hasEffect({ seen, move }: Attempt): boolean {
  return seen?.kind === 'done' || move?.kind === 'done'
}
