import type { Notification } from '../../api/client.ts'
import { words } from '../../words/index.ts'

/** One line that describes a notification. */
export function notificationLine({ kind, sender, byName }: Notification): string {
  const text = words.notifications
  switch (kind) {
    case 'unassigned':
      return text.unassigned(sender)
    case 'assigned':
      return text.assigned(byName)
    case 'answered':
      return text.answered(sender)
    case 'followed':
      return text.followed(sender)
    case 'mentioned':
      return text.mentioned(byName)
    case 'sending-failed':
      return text.sendingFailed
  }
}
