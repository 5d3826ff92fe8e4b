import type { Clock } from '../../kernel/clock.ts'
import type { Deferred } from '../../kernel/deferred.ts'
import type { Directory } from '../../tenants/index.ts'
import type { Notifications } from './notifications.ts'
import { isStillAuthorized } from './subscriptions-access.ts'
import type { Subscription, Subscriptions } from './subscriptions-table.ts'

/** Looks after subscriptions as time goes by. */
export interface SubscriptionLifecycle {
  /** The subscription with the time of its next look, which is scheduled; the caller saves it. */
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
 * How long before the end of the access token, and of the subscription, `reauthorizationRequired` is sent, once for
 * each. Microsoft's sample code speaks of "every 15 mins" and warns not to rely on any rhythm.
 */
const CHALLENGE_MS = 15 * MINUTE_MS
/** A withdrawn consent is found at the next change of mail and at least this often. */
const LONGEST_PAUSE_MS = 15 * MINUTE_MS

const LOOK = 'graph.subscription.look'

/**
 * Sends `reauthorizationRequired` before the access token or the subscription ends, and `subscriptionRemoved` when
 * the subscription has ended or what it was made with no longer holds.
 *
 * A client that does not reauthorize keeps its notifications until the subscription ends. Microsoft says that they
 * pause "eventually", without a time; Outlook's have not been seen to (unsure).
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
