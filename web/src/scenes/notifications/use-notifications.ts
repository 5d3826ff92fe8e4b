import { useDocumentVisibility } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { getNotificationsOptions, postNotificationsRead, type Notification } from '../../api/client.ts'

const SHOWN_FIRST = 30

/** The newest notifications. The event stream keeps them up to date. */
export function useNotifications(limit = SHOWN_FIRST) {
  return useQuery({ ...getNotificationsOptions({ query: { limit } }), placeholderData: keepPreviousData })
}

/** Marks the notifications of the conversation that is open in a visible window as read. */
export function useReadOpenConversation(notifications: readonly Notification[] | undefined): void {
  const { conversationId } = useParams({ strict: false })
  const isVisible = useDocumentVisibility() === 'visible'
  const isUnread = (notifications ?? []).some(
    (each) => each.conversationId === conversationId && each.readAt === undefined,
  )
  const isSeen = isVisible && isUnread && conversationId !== undefined
  useEffect(() => {
    // The event stream announces the change. After a failure, the notification stays unread.
    if (isSeen) void postNotificationsRead({ body: { conversationId } }).catch(() => undefined)
  }, [isSeen, conversationId])
}
