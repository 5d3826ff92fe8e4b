import { VisuallyHidden } from '@mantine/core'
import {
  IconAlertTriangle,
  IconAt,
  IconEye,
  IconMail,
  IconMessageReply,
  IconUserCheck,
  type Icon,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { postNotificationsRead, type Notification } from '../../api/client.ts'
import { Time } from '../../components/time.tsx'
import { words } from '../../words/index.ts'
import { notificationLine } from './notification-line.ts'
import classes from './notifications.module.css'

const SIGNS: Readonly<Record<Notification['kind'], Icon>> = {
  unassigned: IconMail,
  assigned: IconUserCheck,
  answered: IconMessageReply,
  followed: IconEye,
  mentioned: IconAt,
  'sending-failed': IconAlertTriangle,
}

/** An entry opens its conversation, which marks it as read. Without a conversation, it opens the mailbox. */
export function NotificationEntry({ entry }: { entry: Notification }) {
  const { id, kind, conversationId, emailAccountId, subject, at, readAt } = entry
  const Sign = SIGNS[kind]
  const markRead = () => {
    if (readAt === undefined) void postNotificationsRead({ body: { ids: [id] } }).catch(() => undefined)
  }
  const content = (
    <>
      <span className={classes.dot}>
        {readAt === undefined && <VisuallyHidden>{words.notifications.unread}</VisuallyHidden>}
      </span>
      <Sign size={18} aria-hidden color={kind === 'sending-failed' ? 'var(--mantine-color-error)' : undefined} />
      <span className={classes.line} dir="auto">
        {notificationLine(entry)}
      </span>
      <Time at={at} />
      <span className={classes.subject} dir="auto">
        {subject || words.notifications.noSubject}
      </span>
    </>
  )
  const look = { className: classes.entry, 'data-unread': readAt === undefined || undefined, onClick: markRead }
  return conversationId === undefined ? (
    <Link {...look} to="/inbox" search={{ view: 'all', account: emailAccountId, q: undefined }}>
      {content}
    </Link>
  ) : (
    <Link {...look} to="/inbox/$conversationId" params={{ conversationId }} search={{}}>
      {content}
    </Link>
  )
}
