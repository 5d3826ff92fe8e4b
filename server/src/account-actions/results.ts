import { sql } from 'kysely'
import type { MessageFiling } from '../conversations/index.ts'
import type { Database, Tx } from '../database/index.ts'
import type { EmailAccount } from '../email-accounts/index.ts'
import { backoffMs } from '../kernel/backoff.ts'
import type { Clock } from '../kernel/clock.ts'
import type { AppError, ErrorCode, Upstream } from '../kernel/errors.ts'
import type { StoredMessageId } from '../kernel/ids.ts'
import type { Attempt, BatchResult } from './batch.ts'

/** Pause after a failure of one message, and of a whole mailbox. A failure of a person's concern lasts longer. */
const PAUSE = { first: 60_000, longest: 60 * 60_000, jitter: 0.2 }
const PAUSE_OF_ACCOUNT = { first: 5_000, longest: 15 * 60_000, jitter: 0.2 }
const PAUSE_FOR_PERSON = { first: 5 * 60_000, longest: 60 * 60_000, jitter: 0.2 }
/** Attempts after which an action of one message has failed. */
const MOST_ATTEMPTS = 8
/** End of a message that was never tried: its id is of the other protocol, or of a folder that was renumbered. */
const UNREACHABLE: ErrorCode = 'account_actions.message_unreachable'

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

export interface ResultsDeps {
  database: Database
  clock: Clock
  filing: Pick<MessageFiling, 'recordMoves'>
  random?: (() => number) | undefined
}

/** Stores the results of attempts. */
export function createResults({ database, clock, filing, random }: ResultsDeps) {
  async function save(account: EmailAccount, { attempts, stoppedBy }: BatchResult): Promise<void> {
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
      await saveFacts(tx, attempts)
      await saveEnds(tx, attempts.map((attempt) => ended(attempt, stoppedBy !== undefined))) // prettier-ignore
      if (stoppedBy) await hold(tx, account, stoppedBy)
      else await free(tx, account)
    })
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

  function ended({ action, seen, move, dropsSeen, dropsMove }: Attempt, isStopped: boolean): EndedRow {
    const seenPending = action.seenPending && !dropsSeen && !(seen && seen.kind !== 'failed')
    const movePending = action.movePending && !dropsMove && !(move && move.kind !== 'failed')
    const failed = [seen, move].find((outcome) => outcome?.kind === 'failed')
    const isPending = seenPending || movePending
    // A stop of the mailbox is no failure of this message.
    const isOver = isPending && !isStopped && action.attempts + 1 >= MOST_ATTEMPTS
    const pauseMs = isStopped && !failed ? 0 : backoffMs(PAUSE, action.attempts, random ? { random } : {})
    return {
      message_id: action.messageId,
      version: action.version,
      seen_pending: seenPending,
      move_pending: movePending,
      is_elsewhere: move?.kind === 'elsewhere',
      due_at: isPending && !isOver ? after(pauseMs) : null,
      attempts: action.attempts + (isStopped && !failed ? 0 : 1),
      code: isPending ? (failed?.error.code ?? (isOver ? UNREACHABLE : null)) : null,
    }
  }

  /** Holds all actions of a mailbox. */
  async function hold(tx: Tx, { id }: Pick<EmailAccount, 'id'>, error: AppError): Promise<void> {
    const pause = error.remedy === 'wait' ? PAUSE_OF_ACCOUNT : PAUSE_FOR_PERSON
    const now = clock.now()
    const { failures } = await tx
      .selectFrom('account_action_settings')
      .select('failures')
      .where('email_account_id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow()
    const floorMs = Math.max(0, (error.upstream?.retryAt?.getTime() ?? 0) - now.getTime())
    await tx
      .updateTable('account_action_settings')
      .set({
        held_until: after(backoffMs(pause, failures, { ...(random && { random }), floorMs })),
        failures: failures + 1,
        trouble_code: error.code,
        trouble_since: sql<Date>`coalesce(trouble_since, ${now})`,
        trouble_upstream: JSON.stringify(saidAs(error.upstream)),
      })
      .where('email_account_id', '=', id)
      .execute()
  }

  async function free(tx: Tx, { id }: Pick<EmailAccount, 'id'>): Promise<void> {
    await tx
      .updateTable('account_action_settings')
      .set({ held_until: null, failures: 0, trouble_code: null, trouble_since: null, trouble_upstream: null })
      .where('email_account_id', '=', id)
      .where((eb) => eb.or([eb('trouble_code', 'is not', null), eb('held_until', 'is not', null)]))
      .execute()
  }

  function after(ms: number): Date {
    return new Date(clock.now().getTime() + Math.round(ms))
  }

  return {
    save,
    holdAll: (account: EmailAccount, error: AppError) => database.transaction((tx) => hold(tx, account, error)),
  }
}

/** Fields that distinguish server replies, without tokens and times. */
function saidAs(upstream: Upstream | undefined): object | null {
  if (!upstream) return null
  const { status, error, suberror, errorCodes, code, correlationId, requestId } = upstream
  return { status, error, suberror, errorCodes, code, correlationId, requestId }
}
