import type { AlertDeliveryId, AlertId, AlertWebhookId, IncidentId } from '../kernel/ids.ts'
import type { ErrorWords, ErrorCode } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'

/** Every kind of alert: a promise to receivers of webhooks. Renaming one needs a migration of stored alerts. */
export const ALERT_KINDS = [
  'incident.opened',
  'incident.reminded',
  'incident.closed',
  /** A client secret or certificate expires within some days. */
  'credential.expiry_announced',
  /** Test of a webhook; it is not stored. */
  'alert.tested',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** Something that people are to be told. */
export interface NewAlert {
  /** Telling the same thing again under the same key does nothing: `incident:<id>:opened`, `secret-ending:<id>:30`. */
  key: string
  kind: AlertKind
  /** Email addresses; the same one twice is told once. */
  to: readonly string[]
  /** Addresses that would have been told, were it not for a reason: a code of the catalogue. */
  passedBy?: readonly { address: string; reason: ErrorCode }[]
  subject: string
  /** Plain text. */
  text: string
  /** For programs: what webhooks get besides subject and text. */
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

/** `handing-over`: the other side may have it. `unclear`: it may have it for ever. `not-sent`: there was no road. */
export type AlertDeliveryState = 'waiting' | 'handing-over' | 'delivered' | 'unclear' | 'failed' | 'not-sent'

export interface AlertDelivery {
  id: AlertDeliveryId
  channel: 'email' | 'webhook'
  /** An address, or the name of a webhook. */
  recipient: string
  state: AlertDeliveryState
  attempts: number
  /** When it is tried next. */
  dueAt: Date | undefined
  reason: DeliveryReason | undefined
  /** What the other side said, cut short. */
  answer: string | undefined
  settledAt: Date | undefined
}

export interface DeliveryReason extends ErrorWords {
  code: ErrorCode
}

export interface RelaySettings {
  host: string
  port: number
  /** `none` only for a relay on this machine or in a network that was declared to be our own. */
  security: 'tls' | 'starttls' | 'none'
  /** Certificate authority (PEM) besides those that Node trusts. */
  ca: string | undefined
  userName: string | undefined
  from: string
}

/** What is shown of the relay. */
export interface Relay extends RelaySettings {
  hasPassword: boolean
  changedAt: Date
  /** How it was proven that mail goes out, with these very settings. */
  test: RelayTest | undefined
}

export interface RelayTest {
  to: string
  sentAt: Date
  /** Absent: the relay did not take it. */
  testedAt: Date | undefined
  how: 'accepted' | 'confirmed' | undefined
  reason: DeliveryReason | undefined
  answer: string | undefined
}

export type NewRelay = Omit<RelaySettings, 'ca' | 'userName'> & {
  ca?: string | undefined
  userName?: string | undefined
  /** Absent: the one that is there is kept, as long as host and user stay. */
  password?: Secret | undefined
}

export interface AlertWebhook {
  id: AlertWebhookId
  name: string
  url: string
  createdAt: Date
  lastDeliveredAt: Date | undefined
  lastFailure: { at: Date; reason: DeliveryReason } | undefined
}
