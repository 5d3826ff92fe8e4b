/**
 * Alerts: telling people over roads that do not lead through what broke. An alert is stored in the transaction of what
 * it tells of, once per key, with one delivery per road and recipient; deliveries are tried until they are settled, and
 * what came of each is shown. Owns `alerts`, `alert_deliveries`, `alert_relay` and `alert_webhooks`. Whoever has
 * something to tell comes in for `enqueue`; `http` for the list and the settings.
 */
export { ALERT_KINDS } from './alert.ts'
export type {
  Alert,
  AlertDelivery,
  AlertDeliveryState,
  AlertKind,
  AlertWebhook,
  DeliveryReason,
  NewAlert,
  NewRelay,
  Relay,
  RelaySettings,
  RelayTest,
} from './alert.ts'
export { createAlerts, type AlertPage, type Alerts, type AlertsDeps, type WebhookTest } from './alerts.ts'
