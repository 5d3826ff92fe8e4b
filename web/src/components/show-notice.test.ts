import { notificationsStore } from '@mantine/notifications'
import { expect, it } from 'vitest'
import { showNotice } from './show-notice.ts'

it('the newest notices are shown when not all fit', () => {
  notificationsStore.setState({ notifications: [], queue: [], defaultPosition: 'bottom-center', limit: 3 })
  for (const id of ['sending 1', 'sending 2', 'sending 3', 'closed']) showNotice({ id, message: id })

  const { notifications, queue } = notificationsStore.getState()
  expect(notifications.map(({ id }) => id)).toEqual(['closed', 'sending 3', 'sending 2'])
  expect(queue.map(({ id }) => id)).toEqual(['sending 1'])
})
