import type { AuditLog } from '../audit/index.ts'
import type { Database, Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DatabaseRestoreId, EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import type { Address } from '../mail/index.ts'
import { IS_HELD, isHeld } from './held-mail.ts'
import type { Outbox } from './outbox.ts'
import { notBefore, type StoredContent, type SubmissionRow } from './submission-rows.ts'
import type { SubmissionState } from './submission.ts'

const MOST_LISTED = 500

/** `pending`: not searched yet. `unreadable`: the Sent folder of the mailbox is not synced. */
export type InSent = 'pending' | 'found' | 'not-found' | 'unreadable'

export interface HeldMessage {
  submissionId: SubmissionId
  emailAccountId: EmailAccountId
  emailAccount: { name: string; address: string }
  to: readonly Address[]
  subject: string
  isAutomatic: boolean
  createdAt: Date
  inSent: InSent
  /** `unknown` while held, and again if the outcome of its attempt is unclear. */
  state: SubmissionState
  isHeld: boolean
}

export interface RestoredBackup {
  id: DatabaseRestoreId
  reason: 'restored' | 'older' | 'other-database' | 'unknown-host'
  /** Last activity in the restored database. */
  fromAt: Date
  /** Last activity before the restore, according to the state file outside the database. */
  seenAt: Date | undefined
  detectedAt: Date
  counts: { all: number; held: number; found: number; notFound: number; pending: number }
  /** Held messages first, oldest first; at most 500. */
  messages: HeldMessage[]
}

export type HeldDecision = 'send' | 'discard'
/** All held messages, those searched and not found, or the given ones. */
export type HeldChoice = 'all' | 'not-found' | readonly SubmissionId[]

export interface HeldMail {
  /** Returns the latest restore with messages, or else the latest restore; `undefined` if none was ever detected. */
  latest(): Promise<RestoredBackup | undefined>
  /** @returns number of messages sent or discarded; those no longer held are skipped */
  decide(choice: HeldChoice, decision: HeldDecision, actor: string): Promise<number>
  /** Number of held messages of all restores. */
  countHeld(): Promise<number>
}

/** Shows admins the messages held after a restore and applies their decisions. */
export function createHeldMailDecisions({
  database,
  clock,
  outbox,
  audit,
}: {
  database: Database
  clock: Clock
  outbox: Outbox
  audit: AuditLog
}): HeldMail {
  const { db } = database

  async function latest(): Promise<RestoredBackup | undefined> {
    const restore = await db
      .selectFrom('database_restores')
      .selectAll()
      .select((eb) =>
        eb
          .exists(
            eb
              .selectFrom('held_submissions')
              .innerJoin('submissions', 'submissions.id', 'submission_id')
              .select('submission_id')
              .whereRef('restore_id', '=', 'database_restores.id')
              .where(IS_HELD),
          )
          .as('holds'),
      )
      .orderBy('holds', 'desc')
      .orderBy('detected_at', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (!restore) return undefined
    const rows = await db
      .selectFrom('held_submissions')
      .innerJoin('submissions', 'submissions.id', 'submission_id')
      .innerJoin('email_accounts', 'email_accounts.id', 'submissions.email_account_id')
      .select(['submissions.id', 'email_account_id', 'email_accounts.name', 'email_accounts.address', 'content'])
      .select(['answers_by_itself', 'submissions.created_at', 'in_sent', 'submissions.state'])
      .select(IS_HELD.as('is_held'))
      .where('restore_id', '=', restore.id)
      .orderBy('is_held', 'desc')
      .orderBy('submissions.created_at')
      .orderBy('submissions.id')
      .execute()
    const held = rows.filter((row) => row.is_held)
    const count = (inSent: InSent) => held.filter(({ in_sent: each }) => each === inSent).length
    return {
      id: restore.id,
      reason: restore.reason,
      fromAt: restore.from_at,
      seenAt: restore.seen_at ?? undefined,
      detectedAt: restore.detected_at,
      counts: {
        all: rows.length,
        held: held.length,
        found: rows.filter(({ in_sent: inSent, state }) => inSent === 'found' || state === 'sent').length,
        notFound: count('not-found'),
        pending: count('pending'),
      },
      messages: rows.slice(0, MOST_LISTED).map((row) => {
        const { to, cc, bcc, subject } = row.content as StoredContent
        return {
          submissionId: row.id,
          emailAccountId: row.email_account_id,
          emailAccount: { name: row.name, address: row.address },
          to: [...to, ...cc, ...bcc],
          subject,
          isAutomatic: row.answers_by_itself !== null,
          createdAt: row.created_at,
          // Sync may find the copy first.
          inSent: row.state === 'sent' && row.in_sent === 'pending' ? ('found' as const) : row.in_sent,
          state: row.state,
          isHeld: row.is_held,
        }
      }),
    }
  }

  async function decide(choice: HeldChoice, decision: HeldDecision, actor: string): Promise<number> {
    const chosen = await db
      .selectFrom('held_submissions')
      .innerJoin('submissions', 'submissions.id', 'submission_id')
      .select(['submission_id', 'in_sent'])
      .where(IS_HELD)
      .orderBy('submissions.created_at')
      .orderBy('submission_id')
      .execute()
    const ids = chosen
      .filter(({ submission_id: id, in_sent: inSent }) => {
        if (choice === 'all') return true
        return choice === 'not-found' ? inSent === 'not-found' : choice.includes(id)
      })
      .map(({ submission_id: id }) => id)
    let done = 0
    // One transaction each: the next claim does not wait for a long list, and a failure reverts no other decision.
    for (const id of ids) if (await decideOne(id, decision, actor)) done++
    return done
  }

  async function decideOne(id: SubmissionId, decision: HeldDecision, actor: string): Promise<boolean> {
    return database.transaction(async (tx) => {
      const row = await outbox.lock(tx, id)
      if (!isHeld(row)) return false
      await (decision === 'send' ? send(tx, row) : discard(tx, row))
      await audit.record(tx, {
        actor,
        action: decision === 'send' ? 'submission.released' : 'submission.discarded',
        subject: id,
        detail: { emailAccountId: row.email_account_id, subject: (row.content as StoredContent).subject },
      })
      return true
    })
  }

  async function send(tx: Tx, row: SubmissionRow): Promise<void> {
    const due_at = notBefore(row, clock.now())
    await outbox.overrule(tx, row, {
      ...{ state: 'queued', state_reason: null, state_detail: null },
      // Sent is searched for our Message-ID before sending. This finds no copy if Exchange replaced the Message-ID.
      ...{ send_begun_at: null, handed_over_at: null, was_unclear: true },
      ...{ due_at, waits_since: due_at, transient_since: null },
    })
  }

  async function discard(tx: Tx, row: SubmissionRow): Promise<void> {
    await outbox.dropBytes(tx, row.id)
    await outbox.overrule(tx, row, {
      ...{ state: 'canceled', state_reason: null, state_detail: null },
      // An attempt before the backup may have left a draft in the mailbox.
      tidy_at: row.attempts > 0 || row.remote_draft_id !== null ? clock.now() : null,
    })
  }

  async function countHeld(): Promise<number> {
    const { count } = await db
      .selectFrom('held_submissions')
      .innerJoin('submissions', 'submissions.id', 'submission_id')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where(IS_HELD)
      .executeTakeFirstOrThrow()
    return count
  }

  return { latest, decide, countHeld }
}
