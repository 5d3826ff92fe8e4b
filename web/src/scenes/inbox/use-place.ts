import { useMutation } from '@tanstack/react-query'
import { putConversationsIdPlace, type Conversation } from '../../api/client.ts'
import { useCommand } from '../../keyboard/actions.ts'
import { words } from '../../words/index.ts'
import { announceChange } from './change-notice.tsx'
import { showFailure } from './use-status.ts'
import { useRefreshConversation } from './use-work.ts'

export type Place = Conversation['place']

/** Marks as spam, deletes, or brings back into the inbox. Can be undone for some seconds. */
export function useSetPlace() {
  const refresh = useRefreshConversation()
  const put = (id: string, place: Place) => putConversationsIdPlace({ path: { id }, body: { place } })
  const undo = ({ id, place }: Conversation) => put(id, place).then(() => refresh(id), showFailure)
  return useMutation({
    mutationFn: ({ conversation, wanted }: { conversation: Conversation; wanted: Place }) =>
      put(conversation.id, wanted),
    onSuccess: ({ data: after }, { conversation: before }) => {
      const { changed, placed, noSubject } = words.inbox
      if (after.place !== before.place) {
        announceChange(after.id, changed(placed[after.place], after.subject || noSubject), () => void undo(before))
      }
      void refresh(after.id)
    },
    onError: showFailure,
  })
}

export function toggledSpam(place: Place): Place {
  return place === 'spam' ? 'inbox' : 'spam'
}

export function toggledDeleted(place: Place): Place {
  return place === 'deleted' ? 'inbox' : 'deleted'
}

/** `!` and `#`, as in other mail programs. Off while `set` is undefined. */
export function usePlaceCommands(
  set: ((toggled: (place: Place) => Place) => void) | undefined,
  rank: 'first' | 'usual' = 'usual',
): void {
  useCommand('spam', set && (() => set(toggledSpam)), rank)
  useCommand('delete', set && (() => set(toggledDeleted)), rank)
}
