/** Actions on a conversation. Its rows are updated immediately, without waiting for the event. */
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import {
  postConversationsIdClose,
  postConversationsIdNotes,
  postConversationsIdReopen,
  postConversationsIdSeen,
  putConversationsIdAssignee,
} from '../../api/client.ts'
import { updateConversationLists } from '../../api/conversation-lists.ts'
import { toProblem } from '../../api/problem.ts'
import { useRefresh } from '../../api/refresh.ts'
import { words } from '../../words/index.ts'
import { announceClosed, withdrawClosed } from './closed-notice.tsx'

export function useAssign() {
  return useWork((id, assigneeId: string | null) => putConversationsIdAssignee({ path: { id }, body: { assigneeId } }))
}

/**
 * Sets the status. Also triggered by a key, where there is no place for an error. Closing can be undone for some
 * seconds.
 */
export function useSetStatus() {
  const refresh = useRefreshConversation()
  const setStatus = (id: string, status: 'open' | 'closed') =>
    status === 'closed' ? postConversationsIdClose({ path: { id } }) : postConversationsIdReopen({ path: { id } })
  const reopen = (id: string) => void setStatus(id, 'open').then(() => refresh(id), showFailure)
  return useMutation({
    mutationFn: ({ id, wanted }: { id: string; wanted: 'open' | 'closed' }) => setStatus(id, wanted),
    onSuccess: ({ data: conversation }) => {
      if (conversation.status === 'closed') announceClosed(conversation, () => reopen(conversation.id))
      else withdrawClosed(conversation.id)
      void refresh(conversation.id)
    },
    onError: showFailure,
  })
}

function showFailure(error: unknown): void {
  const { title, fix } = toProblem(error)
  notifications.show({ color: 'red', title, message: fix, closeButtonProps: { 'aria-label': words.close } })
}

export function useMarkSeen() {
  return useWork((id) => postConversationsIdSeen({ path: { id } }))
}

export function useAddNote() {
  return useWork((id, body: string) => postConversationsIdNotes({ path: { id }, body: { body } }))
}

function useRefreshConversation(): (id: string) => Promise<unknown> {
  const queryClient = useQueryClient()
  const refresh = useRefresh('conversations', 'events')
  return (id) => Promise.all([updateConversationLists(queryClient, new Set([id])), refresh()])
}

function useWork<Wanted = void>(work: (id: string, wanted: Wanted) => Promise<unknown>) {
  const refresh = useRefreshConversation()
  return useMutation({
    mutationFn: ({ id, wanted }: { id: string; wanted: Wanted }) => work(id, wanted),
    // The user continues immediately.
    onSuccess: (_, { id }) => void refresh(id),
  })
}
