import { OTHER_LISTS, VIEWS, type OtherList, type View } from './views.ts'

/** Selection of the inbox, kept in the address so that it can be bookmarked and shared. */
export interface InboxSearch {
  view?: View | OtherList
  /** Id of a mailbox; all mailboxes of the user when absent. */
  account?: string
  /** Id of a tag. */
  tag?: string
  /** Search words. */
  q?: string
  /** Id of the draft in the composer. */
  draft?: string
}

export function inboxSearch(search: Record<string, unknown>): InboxSearch {
  const text = (name: string) => (typeof search[name] === 'string' && search[name] !== '' ? search[name] : undefined)
  const view = [...VIEWS, ...OTHER_LISTS].find((one) => one === search.view)
  const [account, tag, q, draft] = [text('account'), text('tag'), text('q'), text('draft')]
  return {
    ...(view && { view }),
    ...(account && { account }),
    ...(tag && { tag }),
    ...(q && { q }),
    ...(draft && { draft }),
  }
}
