import { useQuery } from '@tanstack/react-query'
import { getSavedViewsOptions, type SavedView } from '../../../api/client.ts'
import type { InboxSearch } from '../inbox-search.ts'
import { VIEWS, type View } from '../views.ts'

const NO_VIEWS: SavedView[] = []

/** Own and shared saved views, by name. Events keep them up to date. */
export function useSavedViews(): SavedView[] {
  return useQuery({ ...getSavedViewsOptions(), staleTime: Infinity }).data?.savedViews ?? NO_VIEWS
}

/** Selection of the inbox that shows a saved view. */
export function searchOf({ query, view }: Pick<SavedView, 'query' | 'view'>): InboxSearch & { view: View } {
  return { view: VIEWS.find((one) => one === view) ?? 'all', q: query }
}

/** True if the inbox shows this saved view. */
export function isShown(saved: SavedView, { view = 'all', q, account, tag }: InboxSearch): boolean {
  const shown = searchOf(saved)
  return q === shown.q && view === shown.view && account === undefined && tag === undefined
}
