import type { AuditLog } from '../audit/index.ts'
import type { Tx } from '../database/index.ts'
import type { EndpointRow } from './rows.ts'

/** Records that Postkey disabled an endpoint, with the reason. */
export async function recordDisabled(
  audit: AuditLog,
  tx: Tx,
  { id, name, purpose, disabled_reason: reason }: Pick<EndpointRow, 'id' | 'name' | 'purpose' | 'disabled_reason'>,
): Promise<void> {
  const action = purpose === 'events' ? 'webhook.disabled' : 'alert_webhook.disabled'
  await audit.record(tx, { actor: 'postkey', action, subject: id, detail: { name, reason: reason! } })
}
