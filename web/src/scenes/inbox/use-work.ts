/** Actions on a conversation. Its rows are updated immediately, without waiting for the event. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import {
  postConversationsIdNotes,
  postConversationsIdSeen,
  postConversationsIdUnread,
  putConversationsIdAssignee,
  putConversationsIdFollowing,
} from '../../api/client.ts'
import { updateConversationLists } from '../../api/conversation-lists.ts'
import { useRefresh } from '../../api/refresh.ts'

export function useAssign() {
  return useWork((id, assigneeId: string | null) => putConversationsIdAssignee({ path: { id }, body: { assigneeId } }))
}

export function useMarkSeen() {
  return useWork((id) => postConversationsIdSeen({ path: { id } }))
}

/** For the user alone. */
export function useMarkUnread() {
  return useWork((id) => postConversationsIdUnread({ path: { id } }))
}

export function useAddNote() {
  return useWork((id, body: { body: string; mentions: string[] }) => postConversationsIdNotes({ path: { id }, body }))
}

/** For the user alone. */
export function useFollow() {
  return useWork((id, follows: boolean) => putConversationsIdFollowing({ path: { id }, body: { follows } }))
}

/** Fetches what shows a conversation, after a change of it. */
export function useRefreshConversation(): (id: string) => Promise<unknown> {
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
