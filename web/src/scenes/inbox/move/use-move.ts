import { useState } from 'react'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { words } from '../../../words/index.ts'
import { announceChange } from '../change-notice.tsx'
import { showFailure } from '../use-status.ts'
import { useRefreshConversation } from '../use-work.ts'
import { createMove, undoMove, type Move, type Moved } from './move-conversation.ts'

/**
 * Moves a conversation to another mailbox. Can be undone for some seconds, also when the notice to the customer failed:
 * then a repeated call sends it.
 */
export function useMove() {
  const refreshConversation = useRefreshConversation()
  const refreshOthers = useRefresh('drafts', 'submissions')
  const refresh = (id: string) => Promise.all([refreshConversation(id), refreshOthers()])
  const [move] = useState(createMove)

  const announce = ({ after, submissionId }: Moved, { conversation: before, to }: Move) => {
    const { changed, noSubject } = words.inbox
    announceChange(after.id, changed(words.move.moved(to.address), after.subject || noSubject), () => {
      undoMove(before, after, submissionId)
        .catch(showFailure)
        .finally(() => void refresh(after.id))
    })
    void refresh(after.id)
  }
  return useOnce({
    mutationFn: async (wanted: Move) => {
      const moved = await move(wanted, showFailure)
      announce(moved, wanted)
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- Failures are problems everywhere here.
      if (moved.failure !== undefined) throw moved.failure
    },
  })
}
