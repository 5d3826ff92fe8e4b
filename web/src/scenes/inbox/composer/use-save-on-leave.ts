import { useEffect, useRef } from 'react'
import { deleteDraftsId } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import type { DraftKeeper } from './draft-keeper.ts'
import { justStarted, localDrafts } from './local-drafts.ts'

/**
 * Saves the content when the user leaves the composer for another window, page or conversation. An empty draft is
 * removed with the composer.
 */
export function useSaveOnLeave(draftId: string, keeper: DraftKeeper): void {
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined)
  const refresh = useRefresh('conversations', 'drafts')
  const latestRefresh = useRef(refresh)
  useEffect(() => {
    latestRefresh.current = refresh
  })

  useEffect(() => {
    clearTimeout(leaving.current)
    const save = () => void keeper.flush()
    const saveWhenHidden = () => {
      if (document.visibilityState === 'hidden') save()
    }
    const warn = (event: BeforeUnloadEvent) => {
      if (keeper.isDirty()) event.preventDefault()
    }
    document.addEventListener('visibilitychange', saveWhenHidden)
    window.addEventListener('blur', save)
    window.addEventListener('online', save)
    window.addEventListener('beforeunload', warn)
    return () => {
      document.removeEventListener('visibilitychange', saveWhenHidden)
      window.removeEventListener('blur', save)
      window.removeEventListener('online', save)
      window.removeEventListener('beforeunload', warn)
      // Deferred: React may unmount and mount the component again only to check it.
      leaving.current = setTimeout(() => void leave(), 0)
    }

    async function leave(): Promise<void> {
      if (justStarted.has(draftId)) {
        justStarted.settle(draftId)
        await keeper.stop()
        // A leftover is an empty draft, which can be discarded by hand.
        if (keeper.isCreated()) await deleteDraftsId({ path: { id: draftId } }).catch(() => undefined)
        localDrafts.drop(draftId)
      } else {
        await keeper.flush()
      }
      await latestRefresh.current()
    }
  }, [draftId, keeper])
}
