import { ActionIcon, Button, Group, Stack, Text, Title, Tooltip } from '@mantine/core'
import { notifications as toasts } from '@mantine/notifications'
import { IconChecks, IconSettings } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { postNotificationsRead, postNotificationsUnread } from '../../api/client.ts'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { showFailure } from '../inbox/use-status.ts'
import { NotificationEntry } from './notification-entry.tsx'
import classes from './notifications.module.css'
import { useNotifications } from './use-notifications.ts'

const PAGE = 30
/** Largest page of the server. */
const MOST = 100

/** Notifications, newest first. `isShort`: beside the bell. */
export function NotificationList({ isShort = false }: { isShort?: boolean }) {
  const [limit, setLimit] = useState(PAGE)
  const { data, error, isPending, refetch } = useNotifications(limit)
  const text = words.notifications
  const entries = data?.notifications ?? []
  return (
    <div>
      <div className={classes.head}>
        <Title order={isShort ? 2 : 1} size="h4">
          {text.title}
        </Title>
        <Group gap={4}>
          {(data?.unread ?? 0) > 0 && (
            <Tooltip label={text.markAllRead}>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={text.markAllRead}
                onClick={() => void markAllRead(entries[0]?.id).catch(showFailure)}
              >
                <IconChecks size={18} aria-hidden />
              </ActionIcon>
            </Tooltip>
          )}
          <Tooltip label={text.settings}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={text.settings}
              component={Link}
              to="/notifications/settings"
            >
              <IconSettings size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Group>
      </div>
      {error && (
        <Stack p="md">
          <ProblemNotice error={error} onRetry={() => void refetch()} />
        </Stack>
      )}
      {isPending && (
        <Stack p="md">
          <LoadingRows height={40} />
        </Stack>
      )}
      {data && entries.length === 0 && (
        <Stack p="xl" gap={4} ta="center">
          <Text fw={600}>{text.empty.title}</Text>
          <Text size="sm" c="dimmed">
            {text.empty.sentence}
          </Text>
        </Stack>
      )}
      <ul className={classes.list} data-short={isShort || undefined} aria-label={text.title}>
        {entries.map((entry) => (
          <li key={entry.id}>
            <NotificationEntry entry={entry} />
          </li>
        ))}
      </ul>
      {data?.next !== undefined && (isShort || limit < MOST) && (
        <div className={classes.foot}>
          {isShort ? (
            <Button variant="subtle" size="compact-sm" component={Link} to="/notifications">
              {text.showAll}
            </Button>
          ) : (
            <Button variant="subtle" size="compact-sm" onClick={() => setLimit(MOST)}>
              {text.more}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

async function markAllRead(upTo: number | undefined): Promise<void> {
  if (upTo === undefined) return
  const { data } = await postNotificationsRead({ body: { upTo } })
  const { changed } = data
  if (changed.length === 0) return
  const id = 'notifications-read'
  toasts.show({
    id,
    autoClose: 8_000,
    closeButtonProps: { 'aria-label': words.close },
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{words.notifications.allRead}</Text>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            toasts.hide(id)
            void postNotificationsUnread({ body: { ids: changed } }).catch(showFailure)
          }}
        >
          {words.composer.sending.undo}
        </Button>
      </Group>
    ),
  })
}
