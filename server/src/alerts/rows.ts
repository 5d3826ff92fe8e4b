import type { Selectable } from 'kysely'
import type { Schema } from '../database/index.ts'
import { storedReason, type StateReason } from '../kernel/errors.ts'
import type { AlertOfWebhook } from '../webhooks/index.ts'
import type { Alert, AlertDelivery, AlertKind, Relay } from './alert.ts'

export function toAlert(row: Selectable<Schema['alerts']>, deliveries: AlertDelivery[]): Alert {
  return {
    id: row.id,
    key: row.key,
    kind: row.kind as AlertKind,
    incidentId: row.incident_id ?? undefined,
    subject: row.subject,
    text: row.text,
    createdAt: row.created_at,
    deliveries,
  }
}

export function toEmailDelivery(row: Selectable<Schema['alert_deliveries']>): AlertDelivery {
  return {
    id: row.id,
    channel: 'email',
    recipient: row.recipient,
    state: row.state,
    attempts: row.attempts,
    dueAt: row.state === 'waiting' ? row.due_at : undefined,
    reason: toReason(row.reason),
    answer: row.answer ?? undefined,
    settledAt: row.settled_at ?? undefined,
  }
}

export function toWebhookOfAlert({ id, name, attemptedAt, ...delivery }: AlertOfWebhook): AlertDelivery {
  const { state, attempts, dueAt, reason, answer } = delivery
  return {
    ...{ id, channel: 'webhook', recipient: name, state, attempts, dueAt, reason, answer },
    settledAt: state === 'waiting' ? undefined : attemptedAt,
  }
}

export function toRelay(row: Selectable<Schema['alert_relay']>): Relay {
  return {
    host: row.host,
    port: row.port,
    security: row.security,
    ca: row.ca ?? undefined,
    userName: row.user_name ?? undefined,
    from: row.from_address,
    hasPassword: row.sealed !== null,
    changedAt: row.changed_at,
    test:
      row.test_to === null || row.test_sent_at === null
        ? undefined
        : {
            to: row.test_to,
            sentAt: row.test_sent_at,
            testedAt: row.tested_at ?? undefined,
            how: row.tested_how ?? undefined,
            reason: toReason(row.test_reason),
            answer: row.test_answer ?? undefined,
          },
  }
}

/** Returns the text of a stored code, including codes of another version. */
export function toReason(code: string | null): StateReason | undefined {
  if (code === null) return undefined
  return storedReason(code)
}
