import { Box, Paper } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { words } from '../../words/index.ts'
import { NotificationList } from './notification-list.tsx'

export function NotificationsPage() {
  useDocumentTitle(`${words.notifications.title} · ${words.productName}`)
  return (
    <Box p={{ base: 0, sm: 'xl' }} w="100%" maw={760} mx="auto">
      <Paper withBorder>
        <NotificationList />
      </Paper>
    </Box>
  )
}
