import { notifications, type NotificationData } from '@mantine/notifications'

let count = 0

/**
 * Shows a notice at the bottom of the page. Of more than fit, the newest are shown: `z` undoes the change that the user
 * sees last.
 */
export function showNotice(notice: NotificationData): void {
  notifications.show({ ...notice, priority: ++count })
}
