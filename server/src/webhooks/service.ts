/** Starts deliveries of endpoints that are due, side by side, and disables endpoints whose owner has lost the right. */
import { sql } from 'kysely'
import type { StoredEvent } from '../events/index.ts'
import { AppError, fillText, storedReason, type ErrorCode } from '../kernel/errors.ts'
import type { EmailAccountId, WebhookEndpointId } from '../kernel/ids.ts'
import { createTicker } from '../kernel/ticker.ts'
import { createDelivery, type CheckedOwner, type DeliveryDeps } from './deliver.ts'
import { createEndpointFilter } from './endpoint-filter.ts'
import { WEBHOOKS_CHANNEL } from './endpoints.ts'
import { createOwners } from './owners.ts'
import { TEXTS } from './texts.ts'

/** Interval of checks for retries; events and new endpoints cause one at once. */
const CHECK_EVERY_MS = 5_000
const DEADLINE_MS = 60_000

interface KnownEndpoint {
  id: WebhookEndpointId
  purpose: 'events' | 'alerts'
  name: string
  url: string
  kinds: string[] | null
  email_account_ids: EmailAccountId[] | null
  owner: string
  state: 'active' | 'disabled'
  removed_at: Date | null
  disabled_reason: string | null
  incident_name: string | null
  paused_until: Date | null
  is_replaying: boolean
  has_due: boolean
}

export function createDeliveryService(deps: DeliveryDeps) {
  const { database, clock, events, log } = deps
  const { db } = database
  const delivery = createDelivery(deps)
  const disableWithoutOwner = createOwners(deps)
  /** Endpoints with events since their last run. */
  const behind = new Set<WebhookEndpointId>()
  /** Endpoints with events since the start of their current run. */
  const changedDuringRun = new Set<WebhookEndpointId>()
  const running = new Map<WebhookEndpointId, Promise<void>>()
  const stops: (() => Promise<void>)[] = []
  let filters: { id: WebhookEndpointId; matches: (event: StoredEvent) => boolean }[] = []
  let subscription: { stop: () => Promise<void> } | undefined
  let isEnding = false
  const ticker = createTicker({
    name: 'webhooks.delivering',
    clock,
    everyMs: CHECK_EVERY_MS,
    deadlineMs: DEADLINE_MS,
    run: check,
    onError: (err) => log.warn({ err }, 'Webhooks could not be delivered'),
  })

  async function check(): Promise<void> {
    const endpoints = await read()
    if (endpoints.length === 0 && !subscription) return
    const active = await disableWithoutOwner(
      endpoints.filter(({ state, removed_at }) => state === 'active' && !removed_at),
    )
    await reportDisabled(endpoints)
    await updateSubscription(active.filter(({ purpose }) => purpose === 'events'))
    const now = clock.now()
    for (const endpoint of active) {
      const { id, has_due, is_replaying, paused_until } = endpoint
      const isPaused = paused_until !== null && paused_until > now
      const isProbeDue = paused_until !== null && !isPaused
      const isDue = has_due || is_replaying || isProbeDue || behind.has(id)
      if (isDue && !isPaused) begin(id, endpoint)
    }
  }

  async function read(): Promise<KnownEndpoint[]> {
    const { rows } = await sql<KnownEndpoint>`
      SELECT id, purpose, name, url, kinds, email_account_ids, owner, state, removed_at, disabled_reason,
        incident_name, paused_until, replay_until IS NOT NULL AS is_replaying,
        EXISTS (SELECT FROM webhook_deliveries WHERE endpoint_id = webhook_endpoints.id AND webhook_deliveries.state = 'waiting'
          AND due_at <= ${clock.now()}) AS has_due
      FROM webhook_endpoints WHERE removed_at IS NULL OR incident_name IS NOT NULL`.execute(db)
    return rows
  }

  /** @param checked rights of the owner, read just now */
  function begin(id: WebhookEndpointId, checked?: CheckedOwner): void {
    if (isEnding || running.has(id)) return
    behind.delete(id)
    const run = delivery
      .run(id, () => isEnding, checked)
      .then((isOurs) => {
        // The server that has it may have read its events before the latest one.
        if (!isOurs) behind.add(id)
      })
      .catch((err: unknown) => {
        behind.add(id)
        log.warn({ err, endpointId: id }, 'Deliveries to a webhook were interrupted')
      })
      .finally(() => {
        running.delete(id)
        // Events arrived meanwhile. Another server's endpoint waits for the next round.
        if (changedDuringRun.delete(id)) begin(id)
      })
    running.set(id, run)
  }

  function note(event: StoredEvent): void {
    for (const { id, matches } of filters) {
      if (!matches(event)) continue
      if (running.has(id)) changedDuringRun.add(id)
      else if (!behind.has(id)) {
        behind.add(id)
        ticker.poke()
      }
    }
  }

  /** Subscribes to events while an endpoint receives them. */
  async function updateSubscription(receiving: readonly (KnownEndpoint & CheckedOwner)[]): Promise<void> {
    // Events that came before a subscription are read after the position of each endpoint.
    const known = new Set(subscription ? filters.map(({ id }) => id) : [])
    filters = receiving.map((endpoint) => {
      const { matches } = createEndpointFilter(endpoint, endpoint.readable)
      return { id: endpoint.id, matches }
    })
    for (const { id } of receiving) if (!known.has(id)) behind.add(id)
    if (receiving.length === 0) await unsubscribe()
    else if (!subscription) await subscribe()
  }

  async function subscribe(): Promise<void> {
    const opened = { stop: () => Promise.resolve() }
    subscription = opened
    const end = () => {
      if (subscription === opened) subscription = undefined
    }
    try {
      opened.stop = await events.subscribe({ emailAccountIds: 'all' }, note, (err) => {
        end()
        log.warn({ err }, 'Webhooks receive no more events and subscribe to them again')
      })
    } catch (error) {
      end()
      throw error
    }
    // A check that outlasted the end of the service.
    if (isEnding) await unsubscribe()
  }

  async function unsubscribe(): Promise<void> {
    const ended = subscription
    subscription = undefined
    await ended?.stop()
  }

  /** Opens an incident for a disabled endpoint, and ends it when the endpoint is active again or removed. */
  async function reportDisabled(endpoints: readonly KnownEndpoint[]): Promise<void> {
    const code: ErrorCode = new AppError('webhooks.endpoint_disabled').code
    for (const { id, name, url, state, removed_at, disabled_reason, incident_name } of endpoints) {
      const isTroubled = state === 'disabled' && disabled_reason !== null && !removed_at
      if (isTroubled === (incident_name !== null)) continue
      if (isTroubled) {
        const server = fillText(TEXTS.endpoint, { name, origin: new URL(url).origin, id: id.slice(-6) })
        const detail = storedReason(disabled_reason).title
        await deps.ports()!.incident.open({ code, server, detail: fillText(TEXTS.disabled, { reason: detail }) })
        await mark(id, server)
      } else {
        await deps.ports()!.incident.end({ code, server: incident_name! })
        await mark(id, null)
      }
    }
  }

  async function mark(id: WebhookEndpointId, incidentName: string | null): Promise<void> {
    await db.updateTable('webhook_endpoints').set({ incident_name: incidentName }).where('id', '=', id).execute()
  }

  return {
    poke: () => ticker.poke(),
    async start(): Promise<void> {
      isEnding = false
      stops.push(await database.listen(WEBHOOKS_CHANNEL, () => ticker.poke()))
      ticker.start()
    },
    async stop(): Promise<void> {
      isEnding = true
      await Promise.all(stops.splice(0).map((stop) => stop()))
      await ticker.stop()
      await unsubscribe()
      await Promise.all(running.values())
    },
    /** Resolves when no check and no delivery is in progress, for tests. */
    async settled(): Promise<void> {
      await ticker.settled()
      while (running.size > 0) await Promise.all(running.values())
    },
    /** Delivers everything that is due, for tests. */
    async deliver(): Promise<void> {
      await check()
      for (const { id } of filters) begin(id)
      while (running.size > 0) await Promise.all(running.values())
    },
  }
}
