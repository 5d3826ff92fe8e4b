import { randomUUID } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AccessTokenClaims } from '../../entra-id/index.ts'
import type { FaultsAsked } from '../../faults/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../../kernel/database.ts'
import type { Deferred } from '../../kernel/deferred.ts'
import type { Settings } from '../../kernel/settings.ts'
import type { Directory } from '../../tenants/index.ts'
import type { MailStore } from '../mail-store/index.ts'
import { GraphError } from './graph-error.ts'
import { createDelivery } from './notifications-delivery.ts'
import { createPostToEndpoint, type PostToEndpoint } from './notifications-endpoint.ts'
import { createOutbox } from './notifications-outbox.ts'
import { createNotifications, toSubject } from './notifications.ts'
import { accessDenied } from './mail-permissions.ts'
import { checkMailbox } from './mailbox-access.ts'
import { atMailbox } from './scoped-roles.ts'
import { mayRead } from './subscriptions-access.ts'
import { validateEndpoint } from './subscriptions-handshake.ts'
import { createSubscriptionLifecycle } from './subscriptions-lifecycle.ts'
import { ownerOfMailbox } from './subscriptions-mailbox.ts'
import { readRenewal, readSubscription } from './subscriptions-request.ts'
import { readResource } from './subscriptions-resource.ts'
import { createSubscriptions, type Subscription } from './subscriptions-table.ts'

export interface SubscriptionsDeps {
  database: Database
  clock: Clock
  deferred: Deferred
  directory: Directory
  mailStore: MailStore
  settings: Settings
  faults: FaultsAsked
  report: (error: unknown) => void
  limits?: Partial<SubscriptionLimits>
  /** Sends requests to clients; replaced in tests without sockets. */
  post?: PostToEndpoint
}

/** @see https://learn.microsoft.com/graph/change-notifications-overview#subscription-lifetime */
export interface SubscriptionLimits {
  /**
   * Maximum lifetime. Microsoft documents 10,080; the real service refused more than 10,070, so clients should request
   * less.
   */
  longestMinutes: number
  /** Minimum lifetime; shorter ones are raised to it. */
  shortestMinutes: number
  /** Maximum number per mailbox, for all applications together. */
  perMailbox: number
}

export const SUBSCRIPTION_LIMITS: SubscriptionLimits = {
  longestMinutes: 10_080,
  shortestMinutes: 45,
  perMailbox: 1_000,
}

const MINUTE_MS = 60_000

type ById = { Params: { id: string } }

/**
 * Registers change notifications for messages: `/subscriptions` and their delivery. `settled` resolves when no request
 * is running; notifications due later stay queued.
 *
 * Unlike Microsoft's, endpoints must be on this machine or on one of the allowed hosts: see `subscriptions-request.ts` and
 * `notifications-endpoint.ts`.
 *
 * @see https://learn.microsoft.com/graph/change-notifications-overview
 */
export function registerSubscriptions(
  site: FastifyInstance,
  deps: SubscriptionsDeps,
): { settled: () => Promise<void> } {
  const { database, clock, deferred, directory, mailStore, settings, faults, report } = deps
  const { notifiedHosts = [] } = settings
  const { post = createPostToEndpoint(notifiedHosts) } = deps
  const limits = { ...SUBSCRIPTION_LIMITS, ...deps.limits }
  const subscriptions = createSubscriptions(database, clock)
  const outbox = createOutbox(database)
  const delivery = createDelivery({ outbox, clock, deferred, post, onLost: tellMissed, report })
  const notifications = createNotifications({ subscriptions, outbox, delivery, directory, mailStore, faults })
  const lifecycle = createSubscriptionLifecycle({ subscriptions, notifications, clock, deferred, directory })
  const closing = new AbortController()
  const metadata = `${settings.named.graph}/v1.0/$metadata#subscriptions`

  mailStore.onChange(notifications.tellChange)
  faults.onSwitchedOn((_fault, on) => {
    for (const subscription of subscriptions.listAll()) {
      const met = faults.effectOf('graph.lifecycle', on, toSubject(subscription, 'lifecycle notification'))
      if (!met) continue
      met.reveal()
      if (met.effect === 'subscriptionRemoved') notifications.revoke(subscription)
      else notifications.tellLifecycle(subscription, met.effect)
    }
  })
  site.addHook('onReady', async () => delivery.resume())
  site.addHook('onClose', async () => {
    closing.abort()
    await delivery.close()
  })

  site.post('/v1.0/subscriptions', async (request, reply) => {
    const subscription = asked(request)
    refuseIfNoRoom(subscription)
    await validateEndpoint(subscription.notificationUrl, post, closing.signal)
    if (subscription.lifecycleNotificationUrl !== undefined) {
      await validateEndpoint(subscription.lifecycleNotificationUrl, post, closing.signal)
    }
    // Another subscription may have been created during the validation of the endpoints.
    refuseIfNoRoom(subscription)
    subscriptions.add(lifecycle.watched(subscription))
    return reply.code(201).send({
      '@odata.context': `${metadata}/$entity`,
      ...presented(subscription),
      clientState: subscription.clientState ?? null,
    })
  })

  site.get('/v1.0/subscriptions', async ({ caller }) => {
    requireReading(caller)
    const all = subscriptions.listOfApplication(caller.tenantId, caller.appId)
    return {
      '@odata.context': metadata,
      value: all.filter((each) => isVisible(each, caller) && !isLost(each)).map(presented),
    }
  })

  site.get<ById>('/v1.0/subscriptions/:id', async (request) => {
    return { '@odata.context': `${metadata}/$entity`, ...presented(found(request)) }
  })

  site.patch<ById>('/v1.0/subscriptions/:id', async (request) => {
    const subscription = found(request)
    const expiresAt = endOfLife(readRenewal(request.body))
    const renewed = { ...reauthorized(subscription, request.caller), expiresAt }
    subscriptions.save(lifecycle.watched(renewed))
    return { '@odata.context': `${metadata}/$entity`, ...presented(renewed) }
  })

  site.delete<ById>('/v1.0/subscriptions/:id', async (request, reply) => {
    const { id } = found(request)
    subscriptions.remove(id)
    outbox.removeChanges(id)
    return reply.code(204).send()
  })

  site.post<ById>('/v1.0/subscriptions/:id/reauthorize', async (request, reply) => {
    subscriptions.save(lifecycle.watched(reauthorized(found(request), request.caller)))
    return reply.code(204).send()
  })

  function asked({ body, caller, headers, subject }: FastifyRequest): Subscription {
    const { expirationDateTime, ...requested } = readSubscription(body, notifiedHosts)
    const resource = readResource(requested.sent.resource)
    requireReading(caller)
    const mailbox = ownerOfMailbox(caller, resource.owner, directory)
    if (!mayRead(atMailbox(caller, mailbox.id, directory.people))) throw accessDenied()
    checkMailbox(faults, { ...subject, mailboxId: mailbox.id, named: mailbox.id })
    const isDelegated = caller.userId !== undefined
    // No delegated permission, mailbox permission or `.Shared` scope is sufficient; only an application can do this.
    if (isDelegated && caller.userId !== mailbox.id) throw refusedByExchange(403, 'Forbidden', 'Forbidden')

    const folder = resource.folder === undefined ? undefined : mailStore.folder(mailbox.id, resource.folder)
    if (resource.folder !== undefined && !folder) {
      throw refusedByExchange(404, 'NotFound', 'The specified object was not found in the store.')
    }
    const principal = directory.consents.findServicePrincipal(caller.tenantId, caller.appId)
    return {
      ...requested,
      id: randomUUID(),
      applicationId: caller.appId,
      tenantId: caller.tenantId,
      creatorId: caller.userId ?? principal?.id ?? caller.appId,
      isDelegated,
      mailboxId: mailbox.id,
      folderId: folder?.id,
      isRead: resource.isRead,
      immutableIds: /\bIdType\s*=\s*"?ImmutableId"?/i.test([headers.prefer ?? ''].flat().join(',')),
      expiresAt: endOfLife(expirationDateTime),
      authorizedAt: caller.issuedAt,
      authorizedUntil: caller.expiresAt,
      createdAt: clock.now().getTime(),
      challengedFor: [],
      nextLookAt: 0,
    }
  }

  function endOfLife(wanted: number): number {
    const now = clock.now().getTime()
    if (wanted > now + limits.longestMinutes * MINUTE_MS) {
      throw new GraphError(
        400,
        'ExtensionError',
        `Subscription expiration can only be ${limits.longestMinutes} minutes in the future.`,
      )
    }
    return Math.max(wanted, now + limits.shortestMinutes * MINUTE_MS)
  }

  function refuseIfNoRoom(wanted: Subscription): void {
    const others = subscriptions.listOfApplication(wanted.tenantId, wanted.applicationId)
    const same = others.find(
      (each) =>
        each.creatorId === wanted.creatorId &&
        each.mailboxId === wanted.mailboxId &&
        each.folderId === wanted.folderId &&
        each.isRead === wanted.isRead &&
        each.changeTypes.join() === wanted.changeTypes.join() &&
        !isLost(each),
    )
    if (same) {
      // Observed with OneDrive; the sentence is the documented one.
      const message = `Subscription Id ${same.id} already exists for the requested combination`
      throw new GraphError(409, 'ObjectIdentifierInUse', message)
    }
    if (subscriptions.countOfMailbox(wanted.mailboxId) >= limits.perMailbox) {
      // The status is documented; the wording is the sandbox's.
      throw refusedByExchange(403, 'Forbidden', `The mailbox has ${limits.perMailbox} subscriptions, the most allowed.`)
    }
  }

  function requireReading(caller: AccessTokenClaims): void {
    // The token of an application with access by Exchange RBAC contains no role.
    const isScoped = caller.userId === undefined && directory.people.hasApplicationScope(caller.appId)
    if (!mayRead(caller) && !isScoped) throw accessDenied()
  }

  /** True when a fault makes the stored subscription unknown to Graph. */
  function isLost(subscription: Subscription): boolean {
    return faults.find('graph.subscription', toSubject(subscription, '')) !== undefined
  }

  function found({ caller, params, subject }: FastifyRequest<ById>): Subscription {
    requireReading(caller)
    const subscription = subscriptions.find(params.id)
    const lost = subscription && faults.ask('graph.subscription', toSubject(subscription, subject.call))
    if (!subscription || lost || !isVisible(subscription, caller)) {
      throw new GraphError(404, 'ResourceNotFound', 'The object was not found.')
    }
    return subscription
  }

  function tellMissed(id: string): void {
    const subscription = subscriptions.find(id)
    if (subscription) notifications.tellLifecycle(subscription, 'missed')
  }

  return { settled: () => delivery.settled() }
}

/**
 * A user sees the subscriptions that this application created for that user; an application sees all of its own in the
 * tenant.
 */
function isVisible(subscription: Subscription, { appId, tenantId, userId }: AccessTokenClaims): boolean {
  const isOfApplication = subscription.applicationId === appId && subscription.tenantId === tenantId
  return isOfApplication && (userId === undefined || (subscription.isDelegated && subscription.creatorId === userId))
}

/** Unchanged expiration times cause no further warning, because client and Graph would otherwise loop. */
function reauthorized(subscription: Subscription, { issuedAt, expiresAt }: AccessTokenClaims): Subscription {
  return { ...subscription, authorizedAt: issuedAt, authorizedUntil: expiresAt }
}

/** Graph's error for a refusal by the underlying service. */
function refusedByExchange(status: number, name: string, reason: string): GraphError {
  return new GraphError(
    status,
    'ExtensionError',
    `Operation: Create; Exception: [Status Code: ${name}; Reason: ${reason}]`,
  )
}

/** The response body of a subscription. `clientState` is returned only at creation. */
function presented({ id, applicationId, creatorId, notificationUrl, sent, ...rest }: Subscription): object {
  return {
    id,
    resource: sent.resource,
    applicationId,
    changeType: sent.changeType,
    clientState: null,
    notificationUrl,
    notificationQueryOptions: null,
    lifecycleNotificationUrl: rest.lifecycleNotificationUrl ?? null,
    expirationDateTime: new Date(rest.expiresAt).toISOString(),
    creatorId,
    includeResourceData: null,
    latestSupportedTlsVersion: sent.latestSupportedTlsVersion,
    encryptionCertificate: sent.encryptionCertificate ?? null,
    encryptionCertificateId: sent.encryptionCertificateId ?? null,
    notificationUrlAppId: sent.notificationUrlAppId ?? null,
  }
}
