import type { StateReason } from '../kernel/errors.ts'
import type { EmailAccountId, WebhookDeliveryId, WebhookEndpointId } from '../kernel/ids.ts'

export const MOST_ENDPOINTS = 50
export const MOST_CONCURRENT = 16
/** Delivered ones kept per endpoint, and as many that were given up. */
export const MOST_LOGGED = 200

/** An endpoint that receives events. */
export interface WebhookEndpoint {
  id: WebhookEndpointId
  name: string
  url: string
  /** Patterns such as `message.*`; undefined for all kinds. */
  kinds: readonly string[] | undefined
  /** Undefined for all mailboxes, and events without one. */
  emailAccountIds: readonly EmailAccountId[] | undefined
  includesMessage: boolean
  /** Maximum concurrent requests. */
  concurrency: number
  /** Actor whose rights limit the events, and with whom the endpoint ends. */
  owner: string
  createdAt: Date
  state: 'active' | 'disabled'
  disabledAt: Date | undefined
  /** Why it is disabled, or why the last attempt failed. */
  reason: StateReason | undefined
  /** Time of the next attempt while the endpoint fails. */
  pausedUntil: Date | undefined
  failingSince: Date | undefined
  lastDeliveredAt: Date | undefined
  lastFailedAt: Date | undefined
  /** Id of the event up to which all are delivered or wait for a retry. */
  position: number
  /** Deliveries that wait for a retry or behind one. */
  waiting: number
  /** Deliveries among them that failed, with the time of the first failure of the oldest one. */
  failing: { deliveries: number; since: Date } | undefined
  /** Deliveries given up, among those that are kept. */
  failed: number
  replay: { after: number; until: number } | undefined
  /** Until then, the secret before the last rotation signs too. */
  previousSecretUntil: Date | undefined
}

export interface WebhookEndpointInput {
  name: string
  url: string
  kinds?: readonly string[] | undefined
  emailAccountIds?: readonly EmailAccountId[] | undefined
  includesMessage?: boolean | undefined
  concurrency?: number | undefined
  /** Id of the event after which it begins; by default, the last one. */
  after?: number | undefined
}

export interface WebhookEndpointChanges {
  name?: string | undefined
  url?: string | undefined
  kinds?: readonly string[] | null | undefined
  emailAccountIds?: readonly EmailAccountId[] | null | undefined
  includesMessage?: boolean | undefined
  concurrency?: number | undefined
  state?: 'active' | 'disabled' | undefined
  /** With `state: 'active'`: delivers what has come meanwhile, which is the default, or skips it. */
  backlog?: 'deliver' | 'skip' | undefined
}

export interface WebhookDelivery {
  id: WebhookDeliveryId
  eventId: number | undefined
  kind: string
  state: 'waiting' | 'delivered' | 'failed'
  attempts: number
  createdAt: Date
  /** Time of the next attempt; undefined while an earlier delivery of its conversation waits. */
  dueAt: Date | undefined
  attemptedAt: Date | undefined
  latencyMs: number | undefined
  reason: StateReason | undefined
  /** Status and beginning of the answer. */
  answer: string | undefined
}

/** A finished attempt. */
export interface WebhookAnswer {
  delivered: boolean
  answer: string | undefined
  latencyMs: number
  reason: StateReason | undefined
}
