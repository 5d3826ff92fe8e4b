/**
 * Notifications of people: entries that a service writes from the events, preferences per person and mailbox, and digests
 * by email. Owns `notifications`, `notification_choices`, `notification_settings` and `notification_position`. `http`
 * presents them.
 */
import { createDigests, type DigestDeps } from './digests.ts'
import { createEntries, type NotificationEntries } from './entries.ts'
import { createIntake, type IntakeDeps } from './intake.ts'
import { createPreferences, type NotificationPreferences } from './preferences.ts'

export { DIGEST_INTERVALS, type DigestInterval } from './digest-times.ts'
export { deleteNotificationsOf, NOTIFICATION_TEXTS } from './texts-of-people.ts'
export { oldestUnnotified } from './event-lag.ts'
export { type Marked, type NotificationEntries, type NotificationPage } from './entries.ts'
export { MOST_KEPT, NOTIFICATION_KINDS, type PersonNotification, type NotificationKind } from './notification.ts'
export type { NotificationPreferences, NotificationSettings } from './preferences.ts'

export interface NotificationsRoom {
  entries: NotificationEntries
  preferences: NotificationPreferences
}

/** Creates the room, the service that writes entries, and the service that sends digests. */
export function createNotifications(deps: IntakeDeps & DigestDeps) {
  const notifications: NotificationsRoom = { entries: createEntries(deps), preferences: createPreferences(deps) }
  return { notifications, notificationIntake: createIntake(deps), digests: createDigests(deps) }
}
