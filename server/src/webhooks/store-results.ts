/** Stores the results of a step, and advances the position of its endpoint, in one transaction. */
import { sql } from 'kysely'
import type { Database, Tx } from '../database/index.ts'
import type { Events, StoredEvent } from '../events/index.ts'
import { backoffMs } from '../kernel/backoff.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import { newId, type WebhookDeliveryId } from '../kernel/ids.ts'
import { settlePage, type Attempted, type AttemptOutcome } from './attempt.ts'
import { MOST_LOGGED } from './endpoint.ts'
import type { PostResult } from './post.ts'
import type { EndpointRow } from './rows.ts'
import { orderKeyOf, TROUBLED_AFTER, type Page, type Work } from './work.ts'

const BACKOFF = { first: 5_000, longest: 60 * 60_000, jitter: 0.5 }
export const GIVE_UP_AFTER_MS = 3 * 24 * 60 * 60_000
/** Successes of a step that get a row, the latest ones. */
const MOST_LOGGED_AT_ONCE = 20

interface NewRow {
  id: string
  event_id: number | null
  kind: string
  order_key: string
  state: 'waiting' | 'delivered' | 'failed'
  attempts: number
  due_at: Date
  attempted_at: Date | null
  latency_ms: number | null
  reason: string | null
  answer: string | null
}

export interface StoreDeps {
  database: Database
  clock: Clock
  events: Events
  random: () => number
}

export function createResultStore({ database, clock, events, random }: StoreDeps) {
  async function updateRows(tx: Tx, endpoint: EndpointRow, attempted: readonly Attempted[], now: Date): Promise<void> {
    const rows = attempted.flatMap(({ job: { row }, result }) => {
      if (!row || !result) return []
      const attempts = row.attempts + 1
      const hasSucceededSince = endpoint.last_delivered_at !== null && endpoint.last_delivered_at > row.createdAt
      const isOld = now.getTime() - row.createdAt.getTime() >= GIVE_UP_AFTER_MS
      // Without any success since then, the endpoint is disabled, and its deliveries wait for an admin.
      const state = !result.error ? 'delivered' : isOld && hasSucceededSince ? 'failed' : 'waiting'
      const given = { id: row.id, alertId: row.alertId, state, attempts, ...toAttempt(result, now) }
      return [{ ...given, due_at: dueAfter(result, attempts, now) }]
    })
    if (rows.length === 0) return
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
      due_at: dueAfter(result, attempts, now),
      ...toAttempt(result, now),
    }
  }

  function dueAfter(result: PostResult | undefined, attempts: number, now: Date): Date {
    return result?.error ? new Date(now.getTime() + backoffMs(BACKOFF, attempts - 1, { random })) : now
  }

  /** @returns the endpoint as it is now; undefined when another server has it, or it was changed, disabled or removed */
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
    const failingSince = failures === 0 ? null : delivered > 0 ? now : (endpoint.failing_since ?? now)
    const disabled = disabledReason(outcome, failingSince, now)
    const pauseMs = failures >= TROUBLED_AFTER ? backoffMs(BACKOFF, failures - TROUBLED_AFTER, { random }) : undefined
    const isRecovered = delivered > 0 && endpoint.failures >= TROUBLED_AFTER

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
          claimed_until: new Date(now.getTime() + leaseMs),
        })
        .where('id', '=', endpoint.id)
        .where('claim', '=', endpoint.claim)
        .where('state', '=', 'active')
        .returningAll()
        .executeTakeFirst()
      if (!row) return undefined
      await updateRows(tx, endpoint, attempted, now)
      if (work.obsolete.length > 0) await tx.deleteFrom('webhook_deliveries').where('id', 'in', work.obsolete).execute()
      const fresh = attempted.filter(({ job, result }) => !job.row && result && !result.error)
      const added = [
        ...fresh.slice(-MOST_LOGGED_AT_ONCE).map(({ job, result }) => toRow(job.event!, result, now)),
        ...[...(replay?.rows ?? []), ...live.rows].map(({ event, result }) => toRow(event, result, now)),
      ]
      await addRows(tx, endpoint, added, now)
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
      return row.state === 'active' ? row : undefined
    })
  }
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
  const failingMs = failingSince === null ? 0 : now.getTime() - failingSince.getTime()
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

/** Keeps the latest settled deliveries of an endpoint. Those of alerts are deleted with the alerts. */
async function trimLog(tx: Tx, { id }: EndpointRow): Promise<void> {
  await sql`DELETE FROM webhook_deliveries WHERE endpoint_id = ${id} AND state <> 'waiting' AND alert_id IS NULL AND seq <= (
    SELECT seq FROM webhook_deliveries WHERE endpoint_id = ${id} AND state <> 'waiting' AND alert_id IS NULL
    ORDER BY seq DESC OFFSET ${MOST_LOGGED} LIMIT 1)`.execute(tx)
}
