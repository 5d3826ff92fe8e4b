import { createHmac, randomBytes } from 'node:crypto'
import type { AuditLog } from '../audit/index.ts'
import type { Database } from '../database/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { DialGuard } from '../kernel/dial-guard.ts'
import type { Egress } from '../kernel/egress.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type AlertWebhookId } from '../kernel/ids.ts'
import type { KeyRing } from '../kernel/key-ring.ts'
import { Secret } from '../kernel/secret.ts'
import type { AlertKind, AlertWebhook } from './alert.ts'
import { toReason } from './rows.ts'

const TIMEOUT_MS = 10_000
/** Maximum response size. Only the status is used. */
const MOST_ANSWER_BYTES = 64 * 1024

/** Body of a webhook request. */
export interface WebhookBody {
  /** Same for every attempt of one alert, so receivers can discard duplicates. */
  id: string
  kind: AlertKind
  at: string
  subject: string
  text: string
  payload: unknown
}

export type Webhooks = ReturnType<typeof createWebhooks>

/** Webhooks: notifications for programs such as chat rooms, pagers and ticket systems. */
export function createWebhooks(deps: {
  database: Database
  clock: Clock
  keyRing: KeyRing
  egress: Egress
  dialGuard: DialGuard
  audit: AuditLog
}) {
  const { database, clock, keyRing, egress, dialGuard, audit } = deps
  const { db } = database
  const contextOf = (id: AlertWebhookId) => `alert_webhooks.sealed:${id}`

  async function list(): Promise<AlertWebhook[]> {
    const rows = await db
      .selectFrom('alert_webhooks')
      .selectAll()
      .where('removed_at', 'is', null)
      .orderBy('created_at')
      .orderBy('id')
      .execute()
    return Promise.all(
      rows.map(async ({ id, name, url, created_at: createdAt }) => {
        const last = db
          .selectFrom('alert_deliveries')
          .select(['settled_at', 'reason', 'due_at'])
          .where('channel', '=', 'webhook')
          .where('recipient', '=', id)
        const delivered = await last
          .where('state', '=', 'delivered')
          .orderBy('settled_at', 'desc')
          .limit(1)
          .executeTakeFirst()
        const failed = await last
          .where('reason', 'is not', null)
          .where('state', '!=', 'delivered')
          .orderBy('due_at', 'desc')
          .limit(1)
          .executeTakeFirst()
        const reason = toReason(failed?.reason ?? null)
        return {
          id,
          name,
          url,
          createdAt,
          lastDeliveredAt: delivered?.settled_at ?? undefined,
          lastFailure: failed && reason ? { at: failed.settled_at ?? failed.due_at, reason } : undefined,
        }
      }),
    )
  }

  /** Adds a webhook. This is the only response that contains the secret. */
  async function add(
    { name, url }: { name: string; url: string },
    actor: string,
  ): Promise<AlertWebhook & { secret: Secret }> {
    checkUrl(url)
    const id = newId<AlertWebhookId>()
    const secret = new Secret(`whsec_${randomBytes(32).toString('base64')}`)
    const createdAt = clock.now()
    const { sealed, keyId } = keyRing.seal(secret, contextOf(id))
    await database.transaction(async (tx) => {
      await tx
        .insertInto('alert_webhooks')
        .values({ id, name, url, sealed, key_id: keyId, created_at: createdAt })
        .execute()
      await audit.record(tx, {
        actor,
        action: 'alert_webhook.added',
        subject: id,
        detail: { name, origin: originOf(url) },
      })
    })
    return { id, name, url, createdAt, lastDeliveredAt: undefined, lastFailure: undefined, secret }
  }

  async function change(
    id: AlertWebhookId,
    changes: { name?: string | undefined; url?: string | undefined },
    actor: string,
  ): Promise<AlertWebhook> {
    if (changes.url !== undefined) checkUrl(changes.url)
    await database.transaction(async (tx) => {
      const row = await tx
        .updateTable('alert_webhooks')
        .set((eb) => ({ name: changes.name ?? eb.ref('name'), url: changes.url ?? eb.ref('url') }))
        .where('id', '=', id)
        .where('removed_at', 'is', null)
        .returning('id')
        .executeTakeFirst()
      if (!row) throw new AppError('alerts.webhook_not_found')
      const { url, ...others } = changes
      const detail = { ...others, ...(url !== undefined && { origin: originOf(url) }) }
      await audit.record(tx, { actor, action: 'alert_webhook.changed', subject: id, detail })
    })
    return (await list()).find((webhook) => webhook.id === id)!
  }

  /** Removes a webhook and its pending deliveries. */
  async function remove(id: AlertWebhookId, actor: string): Promise<void> {
    await database.transaction(async (tx) => {
      const row = await tx
        .updateTable('alert_webhooks')
        .set({ removed_at: clock.now() })
        .where('id', '=', id)
        .where('removed_at', 'is', null)
        .returning('name')
        .executeTakeFirst()
      if (!row) throw new AppError('alerts.webhook_not_found')
      await audit.record(tx, { actor, action: 'alert_webhook.removed', subject: id, detail: { name: row.name } })
    })
  }

  /** @throws {AppError} `alerts.webhook_…`, `egress.…` */
  async function post(id: AlertWebhookId, body: WebhookBody): Promise<{ answer: string }> {
    const row = await db
      .selectFrom('alert_webhooks')
      .selectAll()
      .where('id', '=', id)
      .where('removed_at', 'is', null)
      .executeTakeFirst()
    if (!row) throw new AppError('alerts.webhook_not_found')
    const secret = keyRing.open({ sealed: row.sealed, keyId: row.key_id }, contextOf(id))
    const text = JSON.stringify(body)
    const timestamp = String(Math.floor(clock.now().getTime() / 1000))
    const answer = await egress.fetch(row.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': body.id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signDelivery(secret, body.id, timestamp, text),
      },
      body: text,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MOST_ANSWER_BYTES,
    })
    await answer.body?.cancel()
    const { status } = answer
    // Redirects are not followed, so 3xx is a refusal too.
    if (status < 200 || status > 299) {
      throw new AppError('alerts.webhook_refused', { detail: `HTTP ${status}`, upstream: { status } })
    }
    return { answer: `HTTP ${status}` }
  }

  function checkUrl(text: string): void {
    const url = URL.parse(text)
    const isGood =
      url &&
      url.username === '' &&
      url.password === '' &&
      (url.protocol === 'https:' || (url.protocol === 'http:' && dialGuard.isDeclaredOrigin(url.origin)))
    if (!isGood) throw new AppError('alerts.settings_invalid', { field: 'url', detail: 'An address with https://.' })
    dialGuard.refusePrivate(url.hostname, Number(url.port || (url.protocol === 'https:' ? 443 : 80)), 'url')
  }

  return { list, add, change, remove, post }
}

/** Path and query of a webhook URL often suffice to post there; the audit list keeps only the origin. */
function originOf(url: string): string {
  return new URL(url).origin
}

/**
 * HMAC-SHA256 over id, time and body, in the form of Standard Webhooks, for which every language has a library. The key
 * is the base64 text after `whsec_`.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signDelivery(secret: Secret, id: string, timestamp: string, body: string): string {
  const key = Buffer.from(secret.reveal().replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}
