import type { WantedList } from '../../api/conversation-lists.ts'
import type { InboxSearch } from './inbox-search.ts'
import { isOtherList, type View } from './views.ts'

/** A search covers all views unless one is chosen. */
export function searchedView({ view, q }: Pick<InboxSearch, 'view' | 'q'>): View {
  if (view !== undefined && !isOtherList(view)) return view
  return q === undefined ? 'open' : 'all'
}

/** Parameters of the list. Days of a search begin in the time zone of the browser. */
export function wantedList({ view, account, tag, q }: InboxSearch): WantedList {
  const list = { view: searchedView({ view, q }), emailAccountId: account, tag, search: q }
  return q === undefined ? list : { ...list, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }
}
