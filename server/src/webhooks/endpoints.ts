import { sql } from 'kysely'
import type { Tx } from '../database/index.ts'
import { AppError } from '../kernel/errors.ts'
import { newId, type WebhookEndpointId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { WebhookDeps } from './deps.ts'
import {
  MOST_ENDPOINTS,
  type WebhookEndpoint,
  type WebhookEndpointChanges,
  type WebhookEndpointInput,
} from './endpoint.ts'
import { previousSecret, toEndpoint, WAITING } from './rows.ts'
import type { WebhookSecrets } from './secrets.ts'

/** Notified when endpoints were created, changed or got deliveries. */
export const WEBHOOKS_CHANNEL = 'webhooks'

export interface EndpointsDeps extends Pick<WebhookDeps, 'database' | 'clock' | 'audit' | 'events' | 'dialGuard'> {
  secrets: WebhookSecrets
}

/** Endpoints of one purpose and their settings. */
export function createEndpoints(deps: EndpointsDeps, purpose: 'events' | 'alerts') {
  const { database, clock, audit, events, dialGuard, secrets } = deps
  const { db } = database
  const actions = ACTIONS[purpose]

  const select = () =>
    db
      .selectFrom('webhook_endpoints')
      .selectAll()
      .select([WAITING, previousSecret(clock.now())])
      .where('purpose', '=', purpose)
      .where('removed_at', 'is', null)

  async function list(): Promise<WebhookEndpoint[]> {
    return (await select().orderBy('created_at').orderBy('id').execute()).map(toEndpoint)
  }

  /** @throws {AppError} `webhooks.not_found` */
  async function get(id: WebhookEndpointId): Promise<WebhookEndpoint> {
    const row = await select().where('id', '=', id).executeTakeFirst()
    if (!row) throw new AppError('webhooks.not_found')
    return toEndpoint(row)
  }

  /** Adds an endpoint. The secret is in no other response. */
  async function add(
    input: WebhookEndpointInput,
    actor: string,
  ): Promise<{ endpoint: WebhookEndpoint; secret: Secret }> {
    checkUrl(input.url)
    const id = newId<WebhookEndpointId>()
    const position = input.after ?? (await events.position())
    const secret = await database.transaction(async (tx) => {
      await sql`SELECT pg_advisory_xact_lock(hashtext('webhooks.add'))`.execute(tx)
      const { count } = await tx
        .selectFrom('webhook_endpoints')
        .select(sql<number>`count(*)::float8`.as('count'))
        .where('removed_at', 'is', null)
        .executeTakeFirstOrThrow()
      if (count >= MOST_ENDPOINTS) throw new AppError('webhooks.too_many')
      await tx
        .insertInto('webhook_endpoints')
        .values({
          id,
          purpose,
          name: input.name,
          url: input.url,
          kinds: input.kinds ? [...input.kinds] : null,
          email_account_ids: input.emailAccountIds ? [...input.emailAccountIds] : null,
          includes_message: input.includesMessage ?? false,
          concurrency: input.concurrency ?? 4,
          created_by: actor,
          created_at: clock.now(),
          position,
        })
        .execute()
      const detail = { name: input.name, origin: originOf(input.url) }
      await audit.record(tx, { actor, action: actions.added, subject: id, detail })
      await database.notify(tx, WEBHOOKS_CHANNEL, id)
      return secrets.renew(tx, id)
    })
    return { endpoint: await get(id), secret }
  }

  /** Changes settings. `state: 'active'` continues where a disabled endpoint stopped. */
  async function change(
    id: WebhookEndpointId,
    changes: WebhookEndpointChanges,
    actor: string,
  ): Promise<WebhookEndpoint> {
    if (changes.url !== undefined) checkUrl(changes.url)
    await database.transaction(async (tx) => {
      const row = await tx
        .updateTable('webhook_endpoints')
        .set({
          ...(changes.name !== undefined && { name: changes.name }),
          ...(changes.url !== undefined && { url: changes.url }),
          ...(changes.kinds !== undefined && { kinds: changes.kinds && [...changes.kinds] }),
          ...(changes.emailAccountIds !== undefined && {
            email_account_ids: changes.emailAccountIds && [...changes.emailAccountIds],
          }),
          ...(changes.includesMessage !== undefined && { includes_message: changes.includesMessage }),
          ...(changes.concurrency !== undefined && { concurrency: changes.concurrency }),
          // A new address or an explicit start deserves an attempt at once.
          ...((changes.state === 'active' || (changes.url !== undefined && changes.state === undefined)) && FRESH),
          // An admin takes over the endpoint of a key, which may have ended.
          ...(changes.state === 'active' && actor.startsWith('person:') && { created_by: actor }),
          ...(changes.state === 'disabled' && {
            state: 'disabled' as const,
            disabled_at: clock.now(),
            disabled_reason: null,
          }),
          // The server that delivers at the moment continues with the former settings and must lose its claim.
          claim: null,
          claimed_until: null,
        })
        .where('id', '=', id)
        .where('purpose', '=', purpose)
        .where('removed_at', 'is', null)
        .returning('name')
        .executeTakeFirst()
      if (!row) throw new AppError('webhooks.not_found')
      const detail = {
        name: row.name,
        ...(changes.url !== undefined && { origin: originOf(changes.url) }),
        ...(changes.state !== undefined && { state: changes.state }),
      }
      await audit.record(tx, { actor, action: actions.changed, subject: id, detail })
      await database.notify(tx, WEBHOOKS_CHANNEL, id)
    })
    return get(id)
  }

  /** Removes an endpoint with its secrets and deliveries. */
  async function remove(id: WebhookEndpointId, actor: string): Promise<void> {
    await database.transaction(async (tx) => {
      const row = await tx
        .updateTable('webhook_endpoints')
        .set({ removed_at: clock.now(), claim: null, claimed_until: null })
        .where('id', '=', id)
        .where('purpose', '=', purpose)
        .where('removed_at', 'is', null)
        .returning('name')
        .executeTakeFirst()
      if (!row) throw new AppError('webhooks.not_found')
      await tx.deleteFrom('webhook_secrets').where('endpoint_id', '=', id).execute()
      await tx
        .deleteFrom('webhook_deliveries')
        .where('endpoint_id', '=', id)
        .where((eb) => eb.or([eb('alert_id', 'is', null), eb('state', '=', 'waiting')]))
        .execute()
      await audit.record(tx, { actor, action: actions.removed, subject: id, detail: { name: row.name } })
      await database.notify(tx, WEBHOOKS_CHANNEL, id)
    })
  }

  async function rotate(id: WebhookEndpointId, actor: string): Promise<{ endpoint: WebhookEndpoint; secret: Secret }> {
    const secret = await database.transaction(async (tx) => {
      const { name } = await lock(tx, id)
      await audit.record(tx, { actor, action: 'webhook.secret_rotated', subject: id, detail: { name } })
      return secrets.renew(tx, id)
    })
    return { endpoint: await get(id), secret }
  }

  /** @throws {AppError} `webhooks.not_found` */
  async function lock(tx: Tx, id: WebhookEndpointId) {
    const row = await tx
      .selectFrom('webhook_endpoints')
      .selectAll()
      .where('id', '=', id)
      .where('purpose', '=', purpose)
      .where('removed_at', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    if (!row) throw new AppError('webhooks.not_found')
    return row
  }

  function checkUrl(text: string): void {
    const url = URL.parse(text)
    const isGood =
      url &&
      url.username === '' &&
      url.password === '' &&
      (url.protocol === 'https:' || (url.protocol === 'http:' && dialGuard.isDeclaredOrigin(url.origin)))
    if (!isGood) throw new AppError('webhooks.settings_invalid', { field: 'url', detail: 'An address with https://.' })
    dialGuard.refusePrivate(url.hostname, Number(url.port || (url.protocol === 'https:' ? 443 : 80)), 'url')
  }

  return { list, get, add, change, remove, rotate, lock }
}

/** Actions of the audit list, written out so that each can be found. */
const ACTIONS = {
  events: { added: 'webhook.added', changed: 'webhook.changed', removed: 'webhook.removed' },
  alerts: { added: 'alert_webhook.added', changed: 'alert_webhook.changed', removed: 'alert_webhook.removed' },
} as const

const FRESH = {
  state: 'active' as const,
  disabled_at: null,
  disabled_reason: null,
  failures: 0,
  failing_since: null,
  paused_until: null,
}

/** Path and query of a webhook URL often suffice to post there; the audit list keeps only the origin. */
function originOf(url: string): string {
  return new URL(url).origin
}
