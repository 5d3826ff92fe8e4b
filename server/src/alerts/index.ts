/**
 * Alerts: notifications that do not depend on the failing part. An alert is stored in the transaction of its cause,
 * once per key, with one delivery per channel and recipient. Deliveries are retried until they are settled, and their
 * results are shown. Owns `alerts`, `alert_deliveries` (emails) and `alert_relay`; `webhooks` delivers to
 * webhooks. Any room calls `enqueue`;
 * `http` uses the list and the settings.
 */
export { ALERT_KINDS } from './alert.ts'
export type {
  Alert,
  AlertDelivery,
  AlertDeliveryState,
  AlertKind,
  AlertWebhook,
  NewAlert,
  NewRelay,
  Relay,
  RelaySettings,
  RelayTest,
} from './alert.ts'
export { ALERT_TEXTS } from './texts-of-people.ts'
export { countOldAlerts, deleteOldAlerts } from './alert-history.ts'
export { createAlerts, type AlertPage, type Alerts, type AlertsDeps, type WebhookTest } from './alerts.ts'
