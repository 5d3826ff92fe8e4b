import { useMutation } from '@tanstack/react-query'
import { deleteDraftsId, postDraftsIdRestore, type ListedDraft } from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { words } from '../../../words/index.ts'
import { announceChange } from '../change-notice.tsx'
import { showFailure } from '../use-status.ts'

interface Composing {
  /** Closes the composer. The undo is offered afterwards and opens another one: the old one no longer saves. */
  close: () => Promise<void> | void
  /** Called after the undo. */
  onRestored: (draft: DiscardedDraft) => void
}

/** Discards a draft. *Undo* and `z` bring it back with its attachments. */
export function useDiscardDraft(composing?: Composing) {
  const refresh = useRefresh('conversations', 'drafts')
  const restore = async (draft: DiscardedDraft) => {
    await postDraftsIdRestore({ path: { id: draft.id }, throwOnError: true })
    void refresh()
    composing?.onRestored(draft)
  }
  return useMutation({
    mutationFn: async ({ id }: DiscardedDraft) => {
      // Sent or discarded elsewhere, it has nothing to restore.
      return deleteDraftsId({ path: { id }, throwOnError: true }).then(
        () => true,
        (error: unknown) => {
          if (toProblem(error).status !== 404) throw error
          return false
        },
      )
    },
    onSuccess: async (isDiscarded, draft) => {
      void refresh()
      await composing?.close()
      if (!isDiscarded) return
      const sentence = words.drafts.discarded(draft.subject || words.inbox.noSubject)
      announceChange(`draft ${draft.id}`, sentence, () => void restore(draft).catch(showFailure))
    },
    onError: showFailure,
  })
}

/** A draft, as its notice names it and its undo opens it. */
export type DiscardedDraft = Pick<ListedDraft, 'id' | 'conversationId'> & { subject: string }
