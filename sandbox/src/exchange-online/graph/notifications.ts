import type { FaultsAsked, Subject } from '../../faults/index.ts'
import type { Directory } from '../../tenants/index.ts'
import type { Change, MailStore, Message } from '../mail-store/index.ts'
import type { Delivery } from './notifications-delivery.ts'
import type { Outbox } from './notifications-outbox.ts'
import { isStillAuthorized } from './subscriptions-access.ts'
import type { ChangeType, Subscription, Subscriptions } from './subscriptions-table.ts'

export type LifecycleEvent = 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed'

/** Turns changes of mail into notifications. */
export interface Notifications {
  tellChange: (change: Change) => void
  /** Does nothing when the subscription has no lifecycle address. */
  tellLifecycle(subscription: Subscription, event: LifecycleEvent): void
  /** Removes a subscription against its owner's will, and sends `subscriptionRemoved`. */
  revoke(subscription: Subscription): void
}

export interface NotificationsDeps {
  subscriptions: Subscriptions
  outbox: Outbox
  delivery: Pick<Delivery, 'queue'>
  directory: Directory
  mailStore: Pick<MailStore, 'messageByKey'>
  faults: FaultsAsked
}

export function createNotifications(deps: NotificationsDeps): Notifications {
  const { subscriptions, outbox, delivery, directory, mailStore, faults } = deps

  function tellChange(change: Change): void {
    for (const subscription of subscriptions.listOfMailbox(change.mailboxId)) {
      if (subscription.folderId !== undefined && subscription.folderId !== change.folderId) continue
      if (!isStillAuthorized(subscription, directory)) {
        revoke(subscription)
        continue
      }
      const message = mailStore.messageByKey(change.messageKey)
      const changeType = changeTypeFor(subscription.isRead, change, message)
      if (!changeType || !subscription.changeTypes.includes(changeType)) continue
      tell(subscription, changeType, changeNotification(subscription, changeType, change, message))
    }
  }

  /** Queues a notification once and without delay, unless a fault is on. */
  function tell(subscription: Subscription, changeType: ChangeType, notification: object): void {
    const habits = faults.ask('graph.notification', toSubject(subscription, `notification ${changeType}`)) ?? {}
    if (habits.drop) return
    const item = JSON.stringify({
      ...notification,
      ...(habits.clientState !== undefined && { clientState: habits.clientState }),
    })
    for (let copies = habits.twice ? 2 : 1; copies > 0; copies--) {
      const queued = { subscriptionId: subscription.id, kind: 'change', item } as const
      delivery.queue(subscription.notificationUrl, queued, habits.delayMs)
    }
  }

  function tellLifecycle(subscription: Subscription, event: LifecycleEvent): void {
    if (subscription.lifecycleNotificationUrl === undefined) return
    const item = JSON.stringify(lifecycleNotification(subscription, event))
    // The same notification is already queued; a second one would add nothing.
    if (outbox.has(subscription.id, item)) return
    delivery.queue(subscription.lifecycleNotificationUrl, { subscriptionId: subscription.id, kind: 'lifecycle', item })
  }

  function revoke(subscription: Subscription): void {
    subscriptions.remove(subscription.id)
    outbox.removeChanges(subscription.id)
    tellLifecycle(subscription, 'subscriptionRemoved')
  }

  return { tellChange, tellLifecycle, revoke }
}

/** A subscription in the form that faults are matched against. */
export function toSubject(subscription: Subscription, call: string): Subject {
  const { tenantId, applicationId: appId, creatorId, isDelegated, mailboxId, createdAt = 0 } = subscription
  const userId = isDelegated ? creatorId : undefined
  return { call, tenantId, appId, userId, mailboxId, bornAt: createdAt }
}

/**
 * Change type for a subscriber. Without a filter, the change keeps its type. With a filter, beginning to match is
 * `created`, and ceasing to match is `deleted`. A permanently deleted message may have matched, so its deletion is
 * always reported.
 */
export function changeTypeFor(
  isRead: boolean | undefined,
  { kind, properties }: Pick<Change, 'kind' | 'properties'>,
  message: Pick<Message, 'isRead'> | undefined,
): ChangeType | undefined {
  const plain = kind === 'removed' ? 'deleted' : kind
  if (isRead === undefined) return plain
  if (!message) return kind === 'removed' ? 'deleted' : undefined
  const matches = message.isRead === isRead
  if (kind === 'updated' && properties.includes('isRead')) return matches ? 'created' : 'deleted'
  return matches ? plain : undefined
}

/** @see https://learn.microsoft.com/graph/api/resources/changenotification */
function changeNotification(
  subscription: Subscription,
  changeType: ChangeType,
  { immutableId, restId }: Change,
  message: Message | undefined,
): object {
  const id = subscription.immutableIds ? immutableId : restId
  const resource = `Users/${subscription.mailboxId}/Messages/${id}`
  return {
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: new Date(subscription.expiresAt).toISOString(),
    changeType,
    resource,
    resourceData: {
      '@odata.type': '#Microsoft.Graph.Message',
      '@odata.id': resource,
      // Unconfirmed: Graph's value for a deleted message; omitted here.
      ...(message && { '@odata.etag': `W/"${message.changeKey}"` }),
      id,
    },
    clientState: subscription.clientState ?? null,
    tenantId: subscription.tenantId,
  }
}

/** @see https://learn.microsoft.com/graph/change-notifications-lifecycle-events */
function lifecycleNotification(subscription: Subscription, lifecycleEvent: LifecycleEvent): object {
  return {
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: new Date(subscription.expiresAt).toISOString(),
    tenantId: subscription.tenantId,
    clientState: subscription.clientState ?? null,
    lifecycleEvent,
  }
}
