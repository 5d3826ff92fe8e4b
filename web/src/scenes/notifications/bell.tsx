import { ActionIcon, Popover, Tooltip } from '@mantine/core'
import { useDisclosure, useMediaQuery } from '@mantine/hooks'
import { IconBell } from '@tabler/icons-react'
import { Link, useLocation } from '@tanstack/react-router'
import { lazy, Suspense, useEffect } from 'react'
import { words } from '../../words/index.ts'
import classes from './notifications.module.css'
import { useBrowserSettings } from './use-browser-settings.ts'
import { useNotifications, useReadOpenConversation } from './use-notifications.ts'

const NotificationList = lazy(async () => ({
  default: (await import('./notification-list.tsx')).NotificationList,
}))

const BrowserNotices = lazy(async () => ({ default: (await import('./browser-notices.tsx')).BrowserNotices }))

/** Number of unread notifications. It opens the list: beside it, or as a page on a phone. */
export function Bell() {
  const { data } = useNotifications()
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const isPhone = useMediaQuery('(max-width: 47.99em)')
  const { href } = useLocation()
  useReadOpenConversation(data?.notifications)
  useEffect(close, [href, close])
  const { isShown, isHeard } = useBrowserSettings()
  const unread = data?.unread ?? 0
  const label = words.shell.notifications(unread)
  const sign = (
    <span className={classes.bell}>
      <IconBell size={18} aria-hidden />
      {unread > 0 && <span className={classes.count}>{unread > 99 ? '99+' : unread}</span>}
    </span>
  )
  const look = { variant: 'subtle', color: 'gray', size: 'lg', 'aria-label': label } as const
  const notices = data && (isShown || isHeard) && (
    <Suspense>
      <BrowserNotices entries={data.notifications} />
    </Suspense>
  )
  if (isPhone) {
    return (
      <>
        {notices}
        <ActionIcon {...look} component={Link} to="/notifications">
          {sign}
        </ActionIcon>
      </>
    )
  }
  return (
    <>
      {notices}
      <Popover opened={isOpen} onDismiss={close} position="bottom-end" width={400} trapFocus returnFocus shadow="md">
        <Tooltip label={label} disabled={isOpen}>
          <Popover.Target>
            <ActionIcon {...look} onClick={toggle}>
              {sign}
            </ActionIcon>
          </Popover.Target>
        </Tooltip>
        <Popover.Dropdown p={0} aria-label={words.shell.notifications(0)}>
          <Suspense>
            <NotificationList isShort />
          </Suspense>
        </Popover.Dropdown>
      </Popover>
    </>
  )
}
