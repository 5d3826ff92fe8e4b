import { sql, type Selectable } from 'kysely'
import type { Schema } from '../database/index.ts'
import { storedReason } from '../kernel/errors.ts'
import type { WebhookDelivery, WebhookEndpoint } from './endpoint.ts'

export type EndpointRow = Selectable<Schema['webhook_endpoints']>

/** Columns of a list beside those of the table. */
export const WAITING = sql<number>`(SELECT count(*)::float8 FROM webhook_deliveries
  WHERE endpoint_id = webhook_endpoints.id AND state = 'waiting')`.as('waiting')
export const FAILING = sql<{ deliveries: number; since: string | null }>`(
  SELECT json_build_object('deliveries', count(*), 'since', min(created_at)) FROM webhook_deliveries
  WHERE endpoint_id = webhook_endpoints.id AND state = 'waiting' AND attempts > 0)`.as('failing')
export const GIVEN_UP = sql<number>`(SELECT count(*)::float8 FROM webhook_deliveries
  WHERE endpoint_id = webhook_endpoints.id AND state = 'failed' AND alert_id IS NULL)`.as('given_up')
export const previousSecret = (now: Date) =>
  sql<Date | null>`(SELECT max(expires_at) FROM webhook_secrets
    WHERE endpoint_id = webhook_endpoints.id AND expires_at > ${now})`.as('previous_until')

type ListedRow = EndpointRow & {
  waiting: number
  failing: { deliveries: number; since: string | null }
  given_up: number
  previous_until: Date | null
}

export function toEndpoint(row: ListedRow): WebhookEndpoint {
  const { deliveries, since } = row.failing
  const failure = row.failing_since === null ? null : row.last_reason
  const reason = row.state === 'disabled' ? row.disabled_reason : failure
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    kinds: row.kinds ?? undefined,
    emailAccountIds: row.email_account_ids ?? undefined,
    includesMessage: row.includes_message,
    concurrency: row.concurrency,
    owner: row.owner,
    createdAt: row.created_at,
    state: row.state,
    disabledAt: row.disabled_at ?? undefined,
    reason: reason === null ? undefined : storedReason(reason),
    pausedUntil: row.paused_until ?? undefined,
    failingSince: row.failing_since ?? undefined,
    lastDeliveredAt: row.last_delivered_at ?? undefined,
    lastFailedAt: row.last_failed_at ?? undefined,
    position: row.position,
    waiting: row.waiting,
    failing: since === null ? undefined : { deliveries, since: new Date(since) },
    failed: row.given_up,
    replay:
      row.replay_after === null || row.replay_until === null
        ? undefined
        : { after: row.replay_after, until: row.replay_until },
    previousSecretUntil: row.previous_until ?? undefined,
  }
}

export function toWebhookDelivery(row: Selectable<Schema['webhook_deliveries']>): WebhookDelivery {
  return {
    id: row.id,
    eventId: row.event_id ?? undefined,
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    createdAt: row.created_at,
    dueAt: row.state === 'waiting' ? (row.due_at ?? undefined) : undefined,
    attemptedAt: row.attempted_at ?? undefined,
    latencyMs: row.latency_ms ?? undefined,
    reason: row.reason === null ? undefined : storedReason(row.reason),
    answer: row.answer ?? undefined,
  }
}
