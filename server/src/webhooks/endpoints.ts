import { sql } from 'kysely'
import { advisoryLock, type Tx } from '../database/index.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import { newId, type WebhookEndpointId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import type { WebhookDeps } from './deps.ts'
import {
  MOST_ENDPOINTS,
  type WebhookEndpoint,
  type WebhookEndpointChanges,
  type WebhookEndpointInput,
} from './endpoint.ts'
import { FAILING, GIVEN_UP, previousSecret, toEndpoint, WAITING, type EndpointRow } from './rows.ts'
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
      .select([WAITING, FAILING, GIVEN_UP, previousSecret(clock.now())])
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
    const secret = await database.creation(async (tx) => {
      await advisoryLock('webhooks.add').execute(tx)
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
          owner: actor,
          created_at: clock.now(),
          position,
        })
        .execute()
      const detail = {
        name: input.name,
        ...changedSettings({ ...input, kinds: input.kinds ?? null, emailAccountIds: input.emailAccountIds ?? null }),
      }
      await audit.record(tx, { actor, action: actions.added, subject: id, detail })
      await database.notify(tx, WEBHOOKS_CHANNEL, id)
      return secrets.renew(tx, id)
    })
    return { endpoint: await get(id), secret }
  }

  /**
   * Changes settings. `state: 'active'` continues where a disabled endpoint stopped, or skips what has come meanwhile. A
   * person who changes where events go, or which, becomes the owner.
   */
  async function change(
    id: WebhookEndpointId,
    changes: WebhookEndpointChanges,
    actor: string,
  ): Promise<WebhookEndpoint> {
    if (changes.url !== undefined) checkUrl(changes.url)
    const end = changes.backlog === 'skip' ? await events.position() : undefined
    await database.transaction(async (tx) => {
      const row = await lock(tx, id, actor)
      const isActivated = changes.state === 'active' || isActivatedByUrl(row, changes)
      const isSkipping = isActivated && end !== undefined
      const { name = row.name } = changes
      await tx
        .updateTable('webhook_endpoints')
        .set({
          ...{ name, claim: null, claimed_until: null },
          ...(changes.url !== undefined && { url: changes.url }),
          ...(changes.kinds !== undefined && { kinds: changes.kinds && [...changes.kinds] }),
          ...(changes.emailAccountIds !== undefined && {
            email_account_ids: changes.emailAccountIds && [...changes.emailAccountIds],
          }),
          ...(changes.includesMessage !== undefined && { includes_message: changes.includesMessage }),
          ...(changes.concurrency !== undefined && { concurrency: changes.concurrency }),
          ...(isActivated && FRESH),
          ...(isSkipping && { position: Math.max(row.position, end), replay_after: null, replay_until: null }),
          ...(isTakeover(changes, actor) && { owner: actor }),
          ...(changes.state === 'disabled' && {
            ...{ state: 'disabled' as const, disabled_at: clock.now(), disabled_reason: null },
          }),
        })
        .where('id', '=', id)
        .execute()
      if (isSkipping) {
        await tx
          .deleteFrom('webhook_deliveries')
          .where('endpoint_id', '=', id)
          .where('state', '=', 'waiting')
          .where('alert_id', 'is', null)
          .execute()
      }
      await audit.record(tx, {
        actor,
        action: actions.changed,
        subject: id,
        detail: { name, ...changedSettings(changes) },
      })
      await database.notify(tx, WEBHOOKS_CHANNEL, id)
    })
    return get(id)
  }

  /** Removes an endpoint with its secrets and deliveries. The row stays for the history of alerts, without path and query. */
  async function remove(id: WebhookEndpointId, actor: string): Promise<void> {
    await database.transaction(async (tx) => {
      const { name, url } = await lock(tx, id, actor)
      await tx
        .updateTable('webhook_endpoints')
        .set({ removed_at: clock.now(), url: originOf(url), claim: null, claimed_until: null })
        .where('id', '=', id)
        .execute()
      await tx.deleteFrom('webhook_secrets').where('endpoint_id', '=', id).execute()
      await tx
        .deleteFrom('webhook_deliveries')
        .where('endpoint_id', '=', id)
        .where((eb) => eb.or([eb('alert_id', 'is', null), eb('state', '=', 'waiting')]))
        .execute()
      await audit.record(tx, { actor, action: actions.removed, subject: id, detail: { name, origin: originOf(url) } })
      await database.notify(tx, WEBHOOKS_CHANNEL, id)
    })
  }

  async function rotate(id: WebhookEndpointId, actor: string): Promise<{ endpoint: WebhookEndpoint; secret: Secret }> {
    const secret = await database.creation(async (tx) => {
      const { name } = await lock(tx, id, actor)
      await audit.record(tx, { actor, action: 'webhook.secret_rotated', subject: id, detail: { name } })
      return secrets.renew(tx, id)
    })
    return { endpoint: await get(id), secret }
  }

  /**
   * Locks an endpoint for a change by `actor`. A key changes only its own: a leaked one could direct the events of another
   * program elsewhere. Checked on the locked row, because a takeover may be in progress.
   *
   * @throws {AppError} `webhooks.not_found`, `webhooks.not_owner`
   * @see docs/decisions/0070-webhooks-deliver-from-a-position.md
   */
  async function lock(tx: Tx, id: WebhookEndpointId, actor: string) {
    const row = await tx
      .selectFrom('webhook_endpoints')
      .selectAll()
      .where('id', '=', id)
      .where('purpose', '=', purpose)
      .where('removed_at', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    if (!row) throw new AppError('webhooks.not_found')
    if (actor.startsWith('api-key:') && row.owner !== actor) throw new AppError('webhooks.not_owner')
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

/** Reasons that a new address may end. */
const OF_THE_RECEIVER: readonly (string | null)[] = [
  'webhooks.endpoint_gone',
  'webhooks.given_up',
] satisfies readonly ErrorCode[]

function isActivatedByUrl(row: EndpointRow, { url, state }: WebhookEndpointChanges): boolean {
  if (url === undefined || state !== undefined) return false
  return row.state === 'active' || OF_THE_RECEIVER.includes(row.disabled_reason)
}

/** Only a person takes over: a key has its own endpoints, and ends with them. */
function isTakeover({ url, kinds, emailAccountIds, includesMessage, state }: WebhookEndpointChanges, actor: string) {
  const isOfEvents = [url, kinds, emailAccountIds, includesMessage].some((change) => change !== undefined)
  return actor.startsWith('person:') && (isOfEvents || state === 'active')
}

/** Settings for the audit list: no secret, and of the address its origin, because path and query often suffice to post. */
function changedSettings({ url, ...others }: WebhookEndpointChanges) {
  const { kinds, emailAccountIds, includesMessage, concurrency, state, backlog } = others
  const origin = url === undefined ? undefined : originOf(url)
  const limits = { kinds: kinds ?? orAll(kinds), emailAccountIds: emailAccountIds ?? orAll(emailAccountIds) }
  return { origin, ...limits, includesMessage, concurrency, state, backlog }
}

/** Without a limit, and unchanged. */
function orAll(limit: null | undefined): 'all' | undefined {
  return limit === null ? 'all' : undefined
}

function originOf(url: string): string {
  return new URL(url).origin
}
