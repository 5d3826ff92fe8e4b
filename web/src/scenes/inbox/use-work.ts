/** What people do with a conversation. The lists are read again at once, without waiting for the event. */
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import {
  postConversationsIdClose,
  postConversationsIdNotes,
  postConversationsIdReopen,
  postConversationsIdSeen,
  putConversationsIdAssignee,
} from '../../api/client.ts'
import { problemOf } from '../../api/problem.ts'
import { useRefresh } from '../../api/refresh.ts'

export function useAssign() {
  return useWork((id, assigneeId: string | null) => putConversationsIdAssignee({ path: { id }, body: { assigneeId } }))
}

/** Done by a key as well, where there is no place to show a failure at. */
export function useSetStatus() {
  return useWork(
    (id, status: 'open' | 'closed') =>
      status === 'closed' ? postConversationsIdClose({ path: { id } }) : postConversationsIdReopen({ path: { id } }),
    (error) => {
      const { title, fix } = problemOf(error)
      notifications.show({ color: 'red', title, message: fix })
    },
  )
}

export function useMarkSeen() {
  return useWork((id) => postConversationsIdSeen({ path: { id } }))
}

export function useAddNote() {
  return useWork((id, body: string) => postConversationsIdNotes({ path: { id }, body: { body } }))
}

function useWork<Wanted = void>(
  work: (id: string, wanted: Wanted) => Promise<unknown>,
  onError?: (error: unknown) => void,
) {
  const refresh = useRefresh('conversations', 'events')
  return useMutation({
    mutationFn: ({ id, wanted }: { id: string; wanted: Wanted }) => work(id, wanted),
    // Whoever did it goes on at once.
    onSuccess: () => void refresh(),
    ...(onError && { onError }),
  })
}
