/**
 * Delivers alerts by email: once per alert and recipient, as far as SMTP allows. `webhooks` delivers to webhooks.
 *
 * A delivery is claimed by moving its due time forward, so another process takes over from one that died before handing
 * anything over. Before the point after which the receiver may have the alert, `handing-over` is stored. A process that
 * dies after it leaves an unclear result, and unclear deliveries are not sent again.
 */
import { sql } from 'kysely'
import type { Database } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import { backoffMs } from '../kernel/backoff.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DialGuard } from '../kernel/dial-guard.ts'
import { AppError } from '../kernel/errors.ts'
import type { AlertDeliveryId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import type { AlertKind } from './alert.ts'
import { alertMail } from './alert-mail.ts'
import type { RelayKeeping } from './relay-settings.ts'
import { sendBySmtp } from './smtp.ts'

/** Longer than any handover (`smtp.ts`). */
const LEASE_MS = 3 * 60_000
const MOST_AT_ONCE = 20
const BACKOFF = { first: 60_000, longest: 60 * 60_000, jitter: 0.5 }
const GIVE_UP_AFTER_MS = 24 * 60 * 60_000

export interface DeliveringDeps {
  database: Database
  clock: Clock
  log: Log
  events: Events
  dialGuard: DialGuard
  relay: RelayKeeping
  random: () => number
}

interface Claimed {
  id: AlertDeliveryId
  alertId: string
  recipient: string
  attempts: number
  kind: AlertKind
  subject: string
  text: string
  payload: unknown
  createdAt: Date
}

export function createDelivering(deps: DeliveringDeps) {
  const { database, clock, log, events, dialGuard, relay, random } = deps
  const { db } = database

  /** Delivers everything that is due, concurrently. */
  async function run(over?: AbortSignal, late?: AbortSignal): Promise<void> {
    await giveUpUnclear()
    while (!late?.aborted) {
      const claimed = await claim()
      // Claimed by an abandoned round: delivered when the lease expires.
      if (claimed.length === 0 || over?.aborted) return
      await Promise.all(claimed.map(deliver))
    }
  }

  /** Marks deliveries of a process that died while the receiver may have got the alert. */
  async function giveUpUnclear(): Promise<void> {
    const now = clock.now()
    await db
      .updateTable('alert_deliveries')
      .set({ state: 'unclear', settled_at: now, reason: new AppError('alerts.relay_outcome_unclear').code })
      .where('state', '=', 'handing-over')
      .where('due_at', '<=', now)
      .execute()
  }

  async function claim(): Promise<Claimed[]> {
    const now = clock.now()
    return database.transaction(async (tx) => {
      const due = await tx
        .selectFrom('alert_deliveries')
        .select('id')
        .where('state', '=', 'waiting')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(MOST_AT_ONCE)
        .forUpdate()
        .skipLocked()
        .execute()
      if (due.length === 0) return []
      const ids = due.map(({ id }) => id)
      await tx
        .updateTable('alert_deliveries')
        .set((eb) => ({ attempts: eb('attempts', '+', 1), due_at: new Date(now.getTime() + LEASE_MS) }))
        .where('id', 'in', ids)
        .execute()
      return tx
        .selectFrom('alert_deliveries')
        .innerJoin('alerts', 'alerts.id', 'alert_deliveries.alert_id')
        .select([
          'alert_deliveries.id',
          'alert_id as alertId',
          'recipient',
          'attempts',
          'kind',
          'subject',
          'text',
          'payload',
          'created_at as createdAt',
        ])
        .where('alert_deliveries.id', 'in', ids)
        .$castTo<Claimed>()
        .execute()
    })
  }

  async function deliver(delivery: Claimed): Promise<void> {
    let answer: string
    try {
      answer = (await byMail(delivery)).answer
    } catch (thrown) {
      const error = AppError.from(thrown)
      log.warn({ err: error, deliveryId: delivery.id }, 'An alert could not be delivered')
      await fail(delivery, error)
      return
    }
    // Outside the try block: a delivery whose result can't be stored still happened and must not be repeated.
    await settle(delivery, 'delivered', { answer })
  }

  async function byMail(delivery: Claimed): Promise<{ answer: string }> {
    const settings = await relay.open()
    if (!settings) throw new AppError('alerts.relay_missing')
    // The mailbox may have been connected after the relay was configured.
    if ((await relay.watched([settings.from, settings.userName ?? ''])).length > 0) {
      throw new AppError('alerts.relay_is_watched')
    }
    const { id: deliveryId, recipient: to, subject, text, createdAt: sentAt } = delivery
    const source = await alertMail({ deliveryId, from: settings.from, to, subject, text, sentAt })
    return sendBySmtp({ dialGuard }, settings, { from: settings.from, to, source }, () => markHandingOver(delivery))
  }

  /** Fails if the lease has expired and another process may hold the delivery. */
  async function markHandingOver({ id, attempts }: Claimed): Promise<void> {
    const row = await db
      .updateTable('alert_deliveries')
      .set({ state: 'handing-over' })
      .where('id', '=', id)
      .where('state', '=', 'waiting')
      .where('attempts', '=', attempts)
      .returning('id')
      .executeTakeFirst()
    if (!row) throw new AppError('alerts.relay_deferred')
  }

  async function fail(delivery: Claimed, error: AppError): Promise<void> {
    const reason = error.code
    const { detail } = error
    if (reason === 'alerts.relay_outcome_unclear') return settle(delivery, 'unclear', { reason, answer: detail })
    if (reason === 'alerts.relay_refused') {
      return settle(delivery, 'failed', { reason, answer: detail })
    }
    const now = clock.now().getTime()
    if (now - delivery.createdAt.getTime() >= GIVE_UP_AFTER_MS) {
      return settle(delivery, 'failed', { reason: new AppError('alerts.given_up').code, answer: detail })
    }
    const pause = backoffMs(BACKOFF, delivery.attempts - 1, { random })
    await write(delivery, {
      state: 'waiting',
      reason,
      answer: detail ?? null,
      due_at: new Date(now + pause),
    })
  }

  async function settle(
    delivery: Claimed,
    state: 'delivered' | 'unclear' | 'failed',
    { reason, answer }: { reason?: string; answer?: string | undefined },
  ): Promise<void> {
    await write(delivery, { state, reason: reason ?? null, answer: answer ?? null, settled_at: clock.now() })
  }

  async function write(
    { id, alertId, attempts }: Claimed,
    values: {
      state: 'waiting' | 'delivered' | 'unclear' | 'failed'
      reason: string | null
      answer: string | null
      due_at?: Date
      settled_at?: Date
    },
  ): Promise<void> {
    await database.transaction(async (tx) => {
      const row = await tx
        .updateTable('alert_deliveries')
        .set(values)
        .where('id', '=', id)
        .where('attempts', '=', attempts)
        .where('state', 'in', ['waiting', 'handing-over'])
        .returning('id')
        .executeTakeFirst()
      if (!row) return
      await events.append(tx, {
        kind: 'alert.delivery_changed',
        subjectId: alertId,
        payload: { channel: 'email', state: values.state, reason: values.reason },
        at: clock.now(),
      })
    })
  }

  /** Retries mail that had no relay or a broken one, unless it is too old to be useful. */
  async function takeUpMail(): Promise<void> {
    const now = clock.now()
    await sql`
      UPDATE alert_deliveries SET state = 'waiting', due_at = ${now}, settled_at = NULL
      FROM alerts LEFT JOIN incidents ON incidents.id = alerts.incident_id
      WHERE alerts.id = alert_id
        AND (state = 'waiting' OR (state = 'not-sent' AND reason = 'alerts.relay_missing'))
        AND alerts.created_at > ${new Date(now.getTime() - GIVE_UP_AFTER_MS)}
        AND (incident_id IS NULL OR closed_at IS NULL)`.execute(db)
  }

  return { run, takeUpMail }
}
