import { sql, type Kysely } from 'kysely'
import { movedOutOf } from '../conversations/index.ts'
import type { Schema } from '../database/index.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { EmailAccountId, SubmissionId } from '../kernel/ids.ts'
import type { Latency, Slots } from '../kernel/slots.ts'

/** Sending times of messages accepted in a slot, excluding the period in which sending could be canceled. */
export interface SendingTimes {
  accepted: number
  /** Time from acceptance until the server accepted the message. */
  handover: Latency | undefined
  /** Time from acceptance until the copy was found in Sent. */
  seen: Latency | undefined
}

export interface SlotSendingTimes extends SendingTimes {
  at: Date
}

export interface SendingFailure {
  at: Date
  submissionId: SubmissionId
  code: ErrorCode
}

interface Row {
  slot: number | null
  accepted: number
  handed: number
  handed_p50: number
  handed_max: number
  seen: number
  seen_p50: number
  seen_max: number
}

/** Returns sending times per slot; slots without messages are left out. */
export async function readSendingTimes(
  db: Kysely<Schema>,
  id: EmailAccountId,
  { from, to, slotMs }: Slots,
): Promise<{ slots: SlotSendingTimes[]; total: SendingTimes }> {
  const { rows } = await sql<Row>`
    SELECT slot, count(*)::int AS accepted,
      count(handed)::int AS handed, count(seen)::int AS seen,
      percentile_disc(0.5) WITHIN GROUP (ORDER BY handed) AS handed_p50, max(handed) AS handed_max,
      percentile_disc(0.5) WITHIN GROUP (ORDER BY seen) AS seen_p50, max(seen) AS seen_max
    FROM (
      SELECT floor(extract(epoch FROM accepted_at - ${from}::timestamptz) * 1000 / ${slotMs}::int)::int AS slot,
        ${msBetween('free_at', 'least(handed_over_at, sent_at)')} AS handed,
        ${msBetween('free_at', 'sent_at')} AS seen
      FROM (
        SELECT created_at AS accepted_at, greatest(created_at, not_before) AS free_at, handed_over_at,
          -- Once in its life: of the copy that was found.
          (SELECT min(at) FROM events WHERE subject_id = submissions.id::text AND kind = 'submission.sent') AS sent_at
        FROM submissions
        WHERE email_account_id = ${id} AND created_at >= ${from} AND created_at < ${to}
      ) AS submitted
    ) AS taken
    GROUP BY GROUPING SETS ((slot), ())
    ORDER BY slot NULLS LAST`.execute(db)
  return {
    slots: rows.flatMap((row) =>
      row.slot === null ? [] : { at: new Date(from.getTime() + row.slot * slotMs), ...timesOf(row) },
    ),
    total: timesOf(rows.at(-1)!),
  }
}

/** Failed submissions and those of unknown outcome, by the time of the result, newest first. */
export async function readSendingFailures(
  db: Kysely<Schema>,
  id: EmailAccountId,
  { from, to, limit }: { from: Date; to: Date; limit: number },
): Promise<SendingFailure[]> {
  const { rows } = await sql<SendingFailure>`
    WITH moved AS MATERIALIZED (
      -- Events of a moved conversation belong to its new mailbox, although the old one sent the message.
      SELECT id::text AS subject_id FROM submissions
      WHERE conversation_id IN (${movedOutOf(id)}) AND email_account_id = ${id}
    ), own AS (
      SELECT id, at, subject_id, kind, payload FROM events
      WHERE email_account_id = ${id} AND kind IN ('submission.failed', 'submission.outcome_lost')
        AND at >= ${from} AND at < ${to}
        AND coalesce((SELECT sent.email_account_id FROM submissions AS sent WHERE sent.id = subject_id::uuid), ${id})
          = ${id}
      UNION
      SELECT id, at, subject_id, kind, payload FROM events JOIN moved USING (subject_id)
      WHERE kind IN ('submission.failed', 'submission.outcome_lost') AND at >= ${from} AND at < ${to})
    SELECT at, subject_id AS "submissionId",
      coalesce(payload ->> 'reason', CASE kind WHEN 'submission.outcome_lost' THEN 'submission.outcome_unclear'
        ELSE 'kernel.unexpected' END) AS code
    FROM own ORDER BY at DESC LIMIT ${limit}`.execute(db)
  return rows
}

/** NULL if the later event has not happened; `greatest` alone would ignore the NULL and return 0. */
function msBetween(from: string, to: string) {
  return sql.raw(`CASE WHEN ${to} IS NOT NULL
    THEN greatest(round(extract(epoch FROM ${to} - ${from}) * 1000), 0)::float8 END`)
}

function timesOf(row: Row): SendingTimes {
  return {
    accepted: row.accepted,
    handover: row.handed === 0 ? undefined : { count: row.handed, p50Ms: row.handed_p50, maxMs: row.handed_max },
    seen: row.seen === 0 ? undefined : { count: row.seen, p50Ms: row.seen_p50, maxMs: row.seen_max },
  }
}
