import type { Clock } from '../../kernel/clock.ts'
import type { Deferred } from '../../kernel/deferred.ts'
import type { Directory } from '../../tenants/index.ts'
import type { Notifications } from './notifications.ts'
import { isStillAuthorized } from './subscriptions-access.ts'
import type { Subscription, Subscriptions } from './subscriptions-table.ts'

/** Checks subscriptions regularly. */
export interface SubscriptionLifecycle {
  /** Schedules the next check and returns the subscription with its time; the caller saves it. */
  watched(subscription: Subscription): Subscription
}

export interface SubscriptionLifecycleDeps {
  subscriptions: Subscriptions
  notifications: Notifications
  clock: Clock
  deferred: Deferred
  directory: Directory
}

const MINUTE_MS = 60_000
/**
 * Lead time of `reauthorizationRequired` before the access token and before the subscription expires; sent once for
 * each. Microsoft's sample code mentions "every 15 mins" and warns not to rely on any interval.
 */
const CHALLENGE_MS = 15 * MINUTE_MS
/** Maximum interval between checks. A withdrawn consent is found at the next change of mail, or after this time. */
const LONGEST_PAUSE_MS = 15 * MINUTE_MS

const LOOK = 'graph.subscription.look'

/**
 * Sends `reauthorizationRequired` before the access token or the subscription expires. Sends `subscriptionRemoved` when
 * the subscription has expired or is no longer authorized.
 *
 * A client that does not reauthorize keeps its notifications until the subscription expires. Microsoft documents that
 * they pause "eventually", without a time; no such pause was observed with Outlook (unconfirmed).
 *
 * @see https://learn.microsoft.com/graph/change-notifications-lifecycle-events
 */
export function createSubscriptionLifecycle(deps: SubscriptionLifecycleDeps): SubscriptionLifecycle {
  const { subscriptions, notifications, clock, deferred, directory } = deps

  deferred.handle(LOOK, ({ id, at }: { id: string; at: number }) => {
    const subscription = subscriptions.findAny(id)
    if (subscription?.nextLookAt === at) look(subscription)
  })

  function look(subscription: Subscription): void {
    const now = clock.now().getTime()
    if (subscription.expiresAt <= now || !isStillAuthorized(subscription, directory)) {
      notifications.revoke(subscription)
      return
    }
    const near = [subscription.authorizedUntil, subscription.expiresAt].filter((end) => end - CHALLENGE_MS <= now)
    if (near.some((end) => !subscription.challengedFor.includes(end))) {
      notifications.tellLifecycle(subscription, 'reauthorizationRequired')
    }
    subscriptions.save(watched({ ...subscription, challengedFor: near }))
  }

  function watched(subscription: Subscription): Subscription {
    const now = clock.now().getTime()
    const { authorizedUntil, expiresAt, challengedFor } = subscription
    const challenges = [authorizedUntil, expiresAt]
      .filter((end) => !challengedFor.includes(end))
      .map((end) => Math.max(end - CHALLENGE_MS, now))
    const nextLookAt = Math.min(expiresAt, now + LONGEST_PAUSE_MS, ...challenges)
    deferred.schedule(LOOK, new Date(nextLookAt), { id: subscription.id, at: nextLookAt })
    return { ...subscription, nextLookAt }
  }

  return { watched }
}
