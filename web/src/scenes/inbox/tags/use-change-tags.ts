import { useMutation, useQueryClient } from '@tanstack/react-query'
import { postConversationsIdTags, type Conversation } from '../../../api/client.ts'
import { updateConversationLists } from '../../../api/conversation-lists.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { words } from '../../../words/index.ts'
import { announceChange } from '../change-notice.tsx'
import { showFailure } from '../use-status.ts'

interface TagChange {
  add: string[]
  remove: string[]
}

type Tagged = Pick<Conversation, 'id' | 'subject' | 'tagIds'>

/** Changes that lead from some tags to others. */
function changesBetween(from: readonly string[], to: readonly string[]): TagChange {
  return { add: to.filter((id) => !from.includes(id)), remove: from.filter((id) => !to.includes(id)) }
}

/** Changes the tags of a conversation. *Undo* and `z` restore those that it had `before`. */
export function useChangeTags() {
  const queryClient = useQueryClient()
  const refresh = useRefresh('conversations', 'events')
  const change = async (id: string, body: TagChange) => {
    const { data } = await postConversationsIdTags({ path: { id }, body, throwOnError: true })
    // The user continues immediately.
    void updateConversationLists(queryClient, new Set([id]))
    void refresh()
    return data
  }
  return useMutation({
    mutationFn: ({ before, wanted }: { before: Tagged; wanted: TagChange }) => change(before.id, wanted),
    onSuccess: (after, { before }) => {
      const back = changesBetween(after.tagIds, before.tagIds)
      if (back.add.length + back.remove.length === 0) return
      // Beside the notice of another change: each undoes only its own.
      announceChange(
        `tags ${after.id}`,
        words.tags.changed(after.subject || words.inbox.noSubject),
        () => void change(after.id, back).catch(showFailure),
      )
    },
  })
}
