/** Stores the results of a step, and advances the position of its endpoint, in one transaction. */
import { sql } from 'kysely'
import type { Database, Tx } from '../database/index.ts'
import type { Events, StoredEvent } from '../events/index.ts'
import { backoffMs } from '../kernel/backoff.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import { newId, type WebhookDeliveryId } from '../kernel/ids.ts'
import type { AuditLog } from '../audit/index.ts'
import { settlePage, type Attempted, type AttemptOutcome } from './attempt.ts'
import { MOST_LOGGED } from './endpoint.ts'
import { recordDisabled } from './disabled.ts'
import { isRefusal, type PostResult } from './post.ts'
import type { EndpointRow } from './rows.ts'
import { orderKeyOf, TROUBLED_AFTER, type Page, type WaitingRow, type Work } from './work.ts'

const BACKOFF = { first: 5_000, longest: 60 * 60_000, jitter: 0.5 }
export const GIVE_UP_AFTER_MS = 3 * 24 * 60 * 60_000
/** Attempts of an event that the receiver refuses while it accepts others: about 40 minutes. */
const MOST_REFUSALS = 10
/** Successes of a step that get a row, the latest ones. */
const MOST_LOGGED_AT_ONCE = 20

interface NewRow {
  id: string
  event_id: number | null
  kind: string
  order_key: string
  state: 'waiting' | 'delivered' | 'failed'
  attempts: number
  /** Null behind another delivery of its key. */
  due_at: Date | null
  attempted_at: Date | null
  latency_ms: number | null
  reason: string | null
  answer: string | null
}

export interface StoreDeps {
  database: Database
  clock: Clock
  audit: AuditLog
  events: Events
  random: () => number
}

export function createResultStore({ database, clock, audit, events, random }: StoreDeps) {
  /** True for a delivery that would only delay later ones of its key. */
  function isGivenUp(row: WaitingRow, result: PostResult, { endpoint, now }: RowContext): boolean {
    // Without any success since then, the endpoint is disabled after a while, and its deliveries wait for an admin.
    if (endpoint.last_delivered_at === null || endpoint.last_delivered_at < row.createdAt) return false
    const isOld = now.getTime() - row.createdAt.getTime() >= GIVE_UP_AFTER_MS
    const isRefused = isRefusal(result) && row.attempts + 1 >= MOST_REFUSALS
    return isOld || isRefused || row.hasTooManyBehind
  }

  /** @returns true if a delivery was given up */
  async function updateRows(tx: Tx, attempted: readonly Attempted[], context: RowContext): Promise<boolean> {
    const { now } = context
    const rows = attempted.flatMap(({ job: { row }, result }) => {
      if (!row || !result) return []
      const attempts = row.attempts + 1
      const state = !result.error ? 'delivered' : isGivenUp(row, result, context) ? 'failed' : 'waiting'
      const given = { id: row.id, alertId: row.alertId, state, attempts, ...toAttempt(result, now) }
      return [{ ...given, due_at: dueAfter(result, attempts, now) }]
    })
    if (rows.length === 0) return false
    await sql`UPDATE webhook_deliveries AS d SET state = r.state, attempts = r.attempts, due_at = r.due_at,
        attempted_at = r.attempted_at, latency_ms = r.latency_ms, reason = r.reason, answer = r.answer
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r (id uuid, state text, attempts integer,
        due_at timestamptz, attempted_at timestamptz, latency_ms integer, reason text, answer text)
      WHERE d.id = r.id AND d.state = 'waiting'`.execute(tx)
    await events.appendAll(
      tx,
      rows.flatMap(({ alertId, state, reason }) =>
        alertId === null
          ? []
          : [
              {
                kind: 'alert.delivery_changed',
                subjectId: alertId,
                payload: { channel: 'webhook', state, reason },
                at: now,
              },
            ],
      ),
    )
    return rows.some(({ state }) => state === 'failed')
  }

  function toRow(event: StoredEvent, result: PostResult | undefined, now: Date): NewRow {
    const attempts = result ? 1 : 0
    return {
      id: newId<WebhookDeliveryId>(),
      event_id: event.id,
      kind: event.kind,
      order_key: orderKeyOf(event),
      state: result && !result.error ? 'delivered' : 'waiting',
      attempts,
      due_at: result ? dueAfter(result, attempts, now) : null,
      ...toAttempt(result, now),
    }
  }

  function dueAfter(result: PostResult, attempts: number, now: Date): Date {
    return result.error ? new Date(now.getTime() + backoffMs(BACKOFF, attempts - 1, { random })) : now
  }

  /**
   * @returns the endpoint as it is now; `released` after the last step, which ends the claim; undefined when another server
   *   has it, or it was changed, disabled or removed
   */
  return async (endpoint: EndpointRow, work: Work, outcome: AttemptOutcome, leaseMs: number) => {
    const now = clock.now()
    const { attempted, failures, delivered, lastFailure } = outcome
    const failedKeys = new Set(attempted.flatMap(({ job, result }) => (result?.error ? [job.orderKey] : [])))
    const results = new Map(attempted.map((each) => [each.job, each.result]))
    const settle = (page: Page) =>
      settlePage(
        { ...page, attempted: page.jobs.map((job): Attempted => ({ job, result: results.get(job) })) },
        failedKeys,
      )
    const live = settle(work.live)
    const replay = work.replay && settle(work.replay)
    const isReplayed = work.replay !== undefined && replay!.position >= endpoint.replay_until!
    const isFailing = lastFailure !== undefined
    const before = delivered > 0 ? null : endpoint.failing_since
    const failingSince = isFailing ? (before ?? now) : before
    const disabled = disabledReason(outcome, failingSince, now)
    const pauseMs = failures >= TROUBLED_AFTER ? backoffMs(BACKOFF, failures - TROUBLED_AFTER, { random }) : undefined
    const isLast = work.isLast && live.position === work.live.to
    const isRecovered = failures < TROUBLED_AFTER && endpoint.failures >= TROUBLED_AFTER

    return database.transaction(async (tx) => {
      const row = await tx
        .updateTable('webhook_endpoints')
        .set({
          position: live.position,
          ...(replay && { replay_after: isReplayed ? null : replay.position }),
          ...(isReplayed && { replay_until: null }),
          failures,
          failing_since: failingSince,
          paused_until: pauseMs === undefined ? null : new Date(now.getTime() + pauseMs),
          ...(delivered > 0 && { last_delivered_at: now }),
          ...(lastFailure && { last_failed_at: now, last_reason: lastFailure.error!.code }),
          ...(disabled && { state: 'disabled' as const, disabled_at: now, disabled_reason: disabled }),
          claimed_until: isLast ? null : new Date(now.getTime() + leaseMs),
          ...(isLast && { claim: null }),
        })
        .where('id', '=', endpoint.id)
        .where('claim', '=', endpoint.claim)
        .where('state', '=', 'active')
        .returningAll()
        .executeTakeFirst()
      if (!row) return undefined
      const hasGivenUp = await updateRows(tx, attempted, { endpoint, now })
      if (work.obsolete.length > 0) {
        const ids = work.obsolete.map(({ id }) => id)
        await tx.deleteFrom('webhook_deliveries').where('id', 'in', ids).execute()
      }
      const fresh = attempted.filter(({ job, result }) => !job.row && result && !result.error)
      const added = [
        ...fresh.slice(-MOST_LOGGED_AT_ONCE).map(({ job, result }) => toRow(job.event!, result, now)),
        ...[...(replay?.rows ?? []), ...live.rows].map(({ event, result }) => toRow(event, result, now)),
      ]
      await addRows(tx, endpoint, added, now)
      await scheduleNext(
        tx,
        endpoint,
        [
          ...work.rows,
          ...work.obsolete,
          ...added.flatMap(({ due_at, order_key: orderKey }) => (due_at ? [] : { orderKey })),
        ],
        now,
      )
      if (isRecovered) {
        // Their pauses belong to the time before.
        await tx
          .updateTable('webhook_deliveries')
          .set({ due_at: now })
          .where('endpoint_id', '=', endpoint.id)
          .where('state', '=', 'waiting')
          .where('due_at', '>', now)
          .execute()
      }
      if (added.length > 0 || attempted.some(({ job }) => job.row)) await trimLog(tx, endpoint)
      if (disabled) await recordDisabled(audit, tx, row)
      if (row.state !== 'active') return undefined
      if (isLast) return 'released'
      return hasGivenUp || work.obsolete.length > 0 ? forgetFailures(tx, row) : row
    })
  }
}

interface RowContext {
  /** As before the step. */
  endpoint: EndpointRow
  now: Date
}

/** Without a delivery that waits, the endpoint no longer fails: the next failure is days after the last one. */
async function forgetFailures(tx: Tx, row: EndpointRow): Promise<EndpointRow> {
  const cleared = await tx
    .updateTable('webhook_endpoints')
    .set({ failures: 0, failing_since: null, paused_until: null })
    .where('id', '=', row.id)
    .where(
      sql<boolean>`NOT EXISTS (SELECT FROM webhook_deliveries
      WHERE endpoint_id = webhook_endpoints.id AND state = 'waiting')`,
    )
    .returningAll()
    .executeTakeFirst()
  return cleared ?? row
}

function toAttempt(result: PostResult | undefined, now: Date) {
  return {
    attempted_at: result ? now : null,
    latency_ms: result?.latencyMs ?? null,
    reason: result?.error?.code ?? null,
    answer: result?.answer ?? null,
  }
}

/** The reason to disable an endpoint after a step; undefined if it stays active. */
function disabledReason({ lastFailure }: AttemptOutcome, failingSince: Date | null, now: Date): ErrorCode | undefined {
  if (lastFailure?.error?.code === 'webhooks.endpoint_gone') return 'webhooks.endpoint_gone'
  const failingMs = lastFailure && failingSince ? now.getTime() - failingSince.getTime() : 0
  if (failingMs >= GIVE_UP_AFTER_MS) return 'webhooks.given_up'
  return undefined
}

async function addRows(tx: Tx, { id }: EndpointRow, rows: readonly NewRow[], now: Date): Promise<void> {
  if (rows.length === 0) return
  await sql`INSERT INTO webhook_deliveries (id, endpoint_id, event_id, kind, order_key, state, attempts, created_at,
      due_at, attempted_at, latency_ms, reason, answer)
    SELECT (r->>'id')::uuid, ${id}, (r->>'event_id')::bigint, r->>'kind', r->>'order_key', r->>'state',
      (r->>'attempts')::integer, ${now}, (r->>'due_at')::timestamptz, (r->>'attempted_at')::timestamptz,
      (r->>'latency_ms')::integer, r->>'reason', r->>'answer'
    FROM jsonb_array_elements(${JSON.stringify(rows)}::jsonb) WITH ORDINALITY AS given (r, n) ORDER BY n
    ON CONFLICT (endpoint_id, event_id) WHERE state = 'waiting' DO NOTHING`.execute(tx)
}

/** Sets the time of the delivery that is the first one of its key after this step, for keys of these deliveries. */
async function scheduleNext(
  tx: Tx,
  { id }: EndpointRow,
  of: readonly { orderKey: string }[],
  now: Date,
): Promise<void> {
  const keys = new Set(of.map(({ orderKey }) => orderKey))
  if (keys.size === 0) return
  await sql`UPDATE webhook_deliveries SET due_at = ${now}
    FROM unnest(${[...keys]}::text[]) AS settled (key) CROSS JOIN LATERAL (SELECT id, due_at FROM webhook_deliveries
      WHERE endpoint_id = ${id} AND state = 'waiting' AND order_key = settled.key ORDER BY seq LIMIT 1) AS first
    WHERE webhook_deliveries.id = first.id AND first.due_at IS NULL`.execute(tx)
}

/**
 * Keeps the latest delivered and given up deliveries of an endpoint, each by itself: successes must not displace what an
 * admin has to see. Those of alerts are deleted with the alerts.
 */
async function trimLog(tx: Tx, { id }: EndpointRow): Promise<void> {
  const last = (state: 'delivered' | 'failed') => sql`(SELECT seq FROM webhook_deliveries
    WHERE endpoint_id = ${id} AND state = ${state} AND alert_id IS NULL ORDER BY seq DESC OFFSET ${MOST_LOGGED} LIMIT 1)`
  await sql`DELETE FROM webhook_deliveries WHERE endpoint_id = ${id} AND alert_id IS NULL
    AND (state = 'delivered' AND seq <= ${last('delivered')} OR state = 'failed' AND seq <= ${last('failed')})`.execute(
    tx,
  )
}
