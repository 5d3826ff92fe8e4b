import type { Tx } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type AlertDeliveryId, type AlertId } from '../kernel/ids.ts'
import { isAddress } from '../mail/index.ts'
import type { AlertWebhooks } from './webhooks.ts'
import type { NewAlert } from './alert.ts'

/** Stores an alert and its recipients in the transaction of its cause. */
export function createEnqueueing({ clock, webhooks }: { clock: Clock; webhooks: Pick<AlertWebhooks, 'enqueue'> }) {
  /** Returns false, without effect, if the key was used before, or for a personal alert without a relay. */
  async function enqueue(tx: Tx, alert: NewAlert): Promise<boolean> {
    const { isPersonal = false } = alert
    const relay = await tx.selectFrom('alert_relay').select('one').executeTakeFirst()
    if (isPersonal && !relay) return false
    const id = newId<AlertId>()
    const now = clock.now()
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('alerts')
      .values({
        id,
        key: alert.key,
        kind: alert.kind,
        incident_id: alert.incidentId ?? null,
        subject: oneLine(alert.subject),
        text: alert.text,
        payload: JSON.stringify(alert.payload),
        created_at: now,
      })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows === 0n) return false

    if (!isPersonal) {
      const { kind, subject, text, payload } = alert
      const body = { id, kind, at: now.toISOString(), subject: oneLine(subject), text, payload }
      await webhooks.enqueue(tx, { id, kind, body })
    }
    const waits = { alert_id: id, state: 'waiting' as const, due_at: now }
    const notSent = { ...waits, state: 'not-sent' as const, settled_at: now }
    const deliveries = [
      ...recipientsOf(alert.to).map((recipient) => ({
        id: newId<AlertDeliveryId>(),
        recipient,
        ...(relay ? waits : { ...notSent, reason: new AppError('alerts.relay_missing').code }),
      })),
      ...(alert.passedBy ?? []).map(({ address, reason }) => ({
        id: newId<AlertDeliveryId>(),
        recipient: address.toLowerCase(),
        ...notSent,
        reason,
      })),
    ]
    if (deliveries.length > 0) {
      await tx
        .insertInto('alert_deliveries')
        .values(deliveries)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
    return true
  }

  return { enqueue }
}

/** Removes duplicate addresses, for any spelling. */
function recipientsOf(addresses: readonly string[]): string[] {
  return [...new Set(addresses.map((address) => address.trim().toLowerCase()))].filter(isAddress)
}

/** Names of mailboxes come from users and from Microsoft and must not start a header. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 250)
}
