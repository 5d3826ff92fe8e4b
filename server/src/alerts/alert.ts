import type { AlertDeliveryId, AlertId, IncidentId, WebhookDeliveryId, WebhookEndpointId } from '../kernel/ids.ts'
import type { ErrorCode, StateReason } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'

/** Alert kinds: an API promise to webhook receivers. Renaming one needs a migration of stored alerts. */
export const ALERT_KINDS = [
  'incident.opened',
  'incident.reminded',
  'incident.closed',
  /** A client secret or certificate expires within some days. */
  'credential.expiry_announced',
  /** An API key expires within some days. */
  'api_key.expiry_announced',
  /** Tells a person about a sign-in or a change of their account; by email only, never sent to webhooks. */
  'person.security_announced',
  /** Test of a webhook; not stored. */
  'alert.tested',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** Alert to be delivered to people. */
export interface NewAlert {
  /**
   * Deduplication key; a second alert under the same key has no effect. Examples: `incident:<id>:opened`,
   * `secret-ending:<id>:30`.
   */
  key: string
  kind: AlertKind
  /** Email addresses; duplicates are removed. */
  to: readonly string[]
  /** Concerns these people alone: webhooks don't get it, and without a relay it isn't stored. */
  isPersonal?: boolean
  /** Addresses excluded from this alert, each with an error code as reason. */
  passedBy?: readonly { address: string; reason: ErrorCode }[]
  subject: string
  /** Plain text. */
  text: string
  /** Data for programs, sent to webhooks beside subject and text. */
  payload: Readonly<Record<string, unknown>>
  incidentId?: IncidentId | undefined
}

export interface Alert {
  id: AlertId
  key: string
  kind: AlertKind
  incidentId: IncidentId | undefined
  subject: string
  text: string
  createdAt: Date
  deliveries: AlertDelivery[]
}

/**
 * Delivery states. `handing-over`: the receiver may have it. `unclear`: the result stays unknown. `not-sent`: no relay
 * or webhook was configured.
 */
export type AlertDeliveryState = 'waiting' | 'handing-over' | 'delivered' | 'unclear' | 'failed' | 'not-sent'

export interface AlertDelivery {
  id: AlertDeliveryId | WebhookDeliveryId
  channel: 'email' | 'webhook'
  /** Email address, or name of a webhook. */
  recipient: string
  state: AlertDeliveryState
  attempts: number
  /** Time of the next attempt. */
  dueAt: Date | undefined
  reason: StateReason | undefined
  /** Response of the receiver, truncated. */
  answer: string | undefined
  settledAt: Date | undefined
}

export interface RelaySettings {
  host: string
  port: number
  /** `none` is accepted only for a relay on this machine or in a network declared as own. */
  security: 'tls' | 'starttls' | 'none'
  /** Certificate authority (PEM) in addition to those of Node. */
  ca: string | undefined
  userName: string | undefined
  from: string
}

/** Relay settings without secrets. */
export interface Relay extends RelaySettings {
  hasPassword: boolean
  changedAt: Date
  /** Result of the last test with exactly these settings. */
  test: RelayTest | undefined
}

export interface RelayTest {
  to: string
  sentAt: Date
  /** Absent if the relay refused the test mail. */
  testedAt: Date | undefined
  how: 'accepted' | 'confirmed' | undefined
  reason: StateReason | undefined
  answer: string | undefined
}

export type NewRelay = Omit<RelaySettings, 'ca' | 'userName'> & {
  ca?: string | undefined
  userName?: string | undefined
  /** If absent, the stored password is kept while host and user stay the same. */
  password?: Secret | undefined
}

export interface AlertWebhook {
  id: WebhookEndpointId
  name: string
  url: string
  createdAt: Date
  /** `disabled` after three days of failures, until its address is changed or an admin activates it. */
  state: 'active' | 'disabled'
  /** Reason why Postkey disabled it; undefined if an admin did. */
  disabled: { at: Date; reason: StateReason | undefined } | undefined
  lastDeliveredAt: Date | undefined
  /** While it fails. */
  lastFailure: { at: Date; reason: StateReason } | undefined
}
