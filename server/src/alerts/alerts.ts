import type { Tx } from '../database/index.ts'
import type { Events } from '../events/index.ts'
import { AppError, type StateReason } from '../kernel/errors.ts'
import { newId, type AlertId, type IncidentId, type WebhookEndpointId } from '../kernel/ids.ts'
import type { Secret } from '../kernel/secret.ts'
import { createTicker } from '../kernel/ticker.ts'
import type { AlertWebhook, NewAlert, NewRelay, Relay } from './alert.ts'
import { createAlertHistory, type AlertPage } from './alert-history.ts'
import { createDelivering } from './deliver-alerts.ts'
import type { AlertDeps as Deps } from './deps.ts'
import { createEnqueueing } from './enqueue-alerts.ts'
import { createRelayKeeping } from './relay-settings.ts'
import { toReason } from './rows.ts'
import { createRelayTest } from './relay-test.ts'
import { TEXTS } from './texts.ts'
import { createAlertWebhooks } from './webhooks.ts'

export type { AlertPage }

export interface WebhookTest {
  delivered: boolean
  answer: string | undefined
  reason: StateReason | undefined
}

export interface AlertsDeps extends Deps {
  events: Events
  /** `PUBLIC_URL` without a trailing slash. */
  publicUrl: string
}

export interface Alerts {
  /** Stores an alert. Returns false, without effect, if its key was used before, or if it is personal without a relay. */
  enqueue(tx: Tx, alert: NewAlert): Promise<boolean>

  /** Returns entries, newest first. */
  list(options: {
    before?: AlertId | undefined
    limit: number
    incidentId?: IncidentId | undefined
  }): Promise<AlertPage>

  relay(): Promise<Relay | undefined>
  /** Saves the relay as untested; a test with other settings proves nothing. */
  setRelay(relay: NewRelay, actor: string): Promise<Relay>
  removeRelay(actor: string): Promise<void>
  /** Sends a mail with a code. The result includes the response of the relay; a refusal does not throw. */
  testRelay(to: string, actor: string): Promise<Relay>
  /** @throws {AppError} `alerts.test_code_wrong` */
  confirmTest(code: string, actor: string): Promise<Relay>

  /** Reasons why alerts might not arrive. */
  warnings(): Promise<StateReason[]>

  webhooks(): Promise<AlertWebhook[]>
  /** Adds a webhook. This is the only response that contains the secret. */
  addWebhook(webhook: { name: string; url: string }, actor: string): Promise<AlertWebhook & { secret: Secret }>
  changeWebhook(
    id: WebhookEndpointId,
    changes: { name?: string | undefined; url?: string | undefined; state?: 'active' | 'disabled' | undefined },
    actor: string,
  ): Promise<AlertWebhook>
  removeWebhook(id: WebhookEndpointId, actor: string): Promise<void>

  /** Posts a test now. A refusal is part of the result and does not throw. */
  testWebhook(id: WebhookEndpointId): Promise<WebhookTest>

  /** Delivers due alerts until {@link stop}. */
  start(): Promise<void>
  stop(): Promise<void>
  /** One round of deliveries, with the signals of a round (`RoundsOptions`); for tests. */
  deliver(over?: AbortSignal, late?: AbortSignal): Promise<void>
}

/** Polling interval for retries; new alerts trigger a round directly. */
const LOOK_EVERY_MS = 5_000
/**
 * Deadline of a round: more than twice the duration of a batch, because a round takes no new batch after half of it.
 */
const DEADLINE_MS = 10 * 60_000
export const ALERTS_CHANNEL = 'alerts'

export function createAlerts(deps: AlertsDeps): Alerts {
  const { database, clock, log, random = Math.random } = deps
  const relay = createRelayKeeping(deps)
  const webhooks = createAlertWebhooks(deps.webhooks)
  const delivering = createDelivering({ ...deps, relay, random })
  const test = createRelayTest({ ...deps, relay, onProven: takeUpMail })
  const { enqueue } = createEnqueueing({ clock, webhooks })
  const history = createAlertHistory({ database, webhooks })
  const ticker = createTicker({
    name: 'alerts.delivering',
    clock,
    everyMs: LOOK_EVERY_MS,
    deadlineMs: DEADLINE_MS,
    run: delivering.run,
    onError: (error) => log.warn({ err: error }, 'Alerts could not be delivered'),
  })
  let stopListening: (() => Promise<void>) | undefined

  async function takeUpMail(): Promise<void> {
    await delivering.takeUpMail()
    ticker.poke()
  }

  async function warnings(): Promise<StateReason[]> {
    const settings = await relay.find()
    if (!settings) return [toReason(new AppError('alerts.relay_missing').code)!]
    const isWatched = (await relay.watched([settings.from, settings.userName ?? ''])).length > 0
    return [
      ...(isWatched ? [toReason(new AppError('alerts.relay_is_watched').code)!] : []),
      ...(settings.test?.testedAt
        ? []
        : [settings.test?.reason ?? toReason(new AppError('alerts.relay_untested').code)!]),
    ]
  }

  async function testWebhook(id: WebhookEndpointId): Promise<WebhookTest> {
    const body = {
      id: newId(),
      kind: 'alert.tested' as const,
      at: clock.now().toISOString(),
      subject: TEXTS.webhookTestSubject,
      text: TEXTS.webhookTest,
      payload: {},
    }
    const { delivered, answer, reason } = await webhooks.tryNow(id, body)
    return { delivered, answer, reason }
  }

  return {
    async enqueue(tx, alert) {
      const isNew = await enqueue(tx, alert)
      if (isNew) await database.notify(tx, ALERTS_CHANNEL, alert.kind)
      return isNew
    },
    list: history.list,
    relay: relay.find,
    setRelay: relay.save,
    removeRelay: relay.remove,
    testRelay: test.send,
    confirmTest: test.confirm,
    warnings,
    webhooks: () => webhooks.list(),
    addWebhook: (...input) => webhooks.add(...input),
    changeWebhook: (...input) => webhooks.change(...input),
    removeWebhook: (...input) => webhooks.remove(...input),
    testWebhook,
    async start() {
      stopListening = await database.listen(ALERTS_CHANNEL, () => ticker.poke())
      ticker.start()
    },
    async stop() {
      await stopListening?.()
      await ticker.stop()
    },
    deliver: delivering.run,
  }
}
