import type { Generated } from 'kysely'
import type {
  AlertId,
  EmailAccountId,
  WebhookDeliveryId,
  WebhookEndpointId,
  WebhookSecretId,
} from '../../kernel/ids.ts'
import type { OptionalJson, Serial } from './columns.ts'

export interface WebhookEndpointsTable {
  id: WebhookEndpointId
  purpose: 'events' | 'alerts'
  name: string
  url: string
  kinds: string[] | null
  email_account_ids: EmailAccountId[] | null
  includes_message: Generated<boolean>
  concurrency: Generated<number>
  owner: string
  created_at: Date
  removed_at: Date | null
  position: Generated<number>
  replay_after: number | null
  replay_until: number | null
  state: Generated<'active' | 'disabled'>
  disabled_at: Date | null
  disabled_reason: string | null
  incident_name: string | null
  failures: Generated<number>
  failing_since: Date | null
  paused_until: Date | null
  last_delivered_at: Date | null
  last_failed_at: Date | null
  last_reason: string | null
  claim: string | null
  claimed_until: Date | null
}

export interface WebhookSecretsTable {
  id: WebhookSecretId
  endpoint_id: WebhookEndpointId
  sealed: Buffer
  key_id: string
  created_at: Date
  expires_at: Date | null
}

export interface WebhookDeliveriesTable {
  id: WebhookDeliveryId
  seq: Serial
  endpoint_id: WebhookEndpointId
  event_id: number | null
  alert_id: AlertId | null
  body: OptionalJson
  kind: string
  order_key: string
  state: 'waiting' | 'delivered' | 'failed'
  attempts: Generated<number>
  created_at: Date
  due_at: Date | null
  attempted_at: Date | null
  latency_ms: number | null
  reason: string | null
  answer: string | null
}
