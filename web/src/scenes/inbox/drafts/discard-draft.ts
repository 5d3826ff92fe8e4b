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
      announceDiscard(draft, () => void restore(draft).catch(showFailure))
    },
    onError: showFailure,
  })
}

/** Confirms that a draft was discarded. *Undo* and `z` call `restore`. */
export function announceDiscard({ id, subject }: DiscardedDraft, restore: () => void): void {
  announceChange(`draft ${id}`, words.drafts.discarded(subject || words.inbox.noSubject), restore)
}

/** A draft, as its notice names it and its undo opens it. */
type DiscardedDraft = Pick<ListedDraft, 'id' | 'conversationId'> & { subject: string }
