export const VIEWS = ['open', 'mine', 'unassigned', 'closed', 'all'] as const
export type View = (typeof VIEWS)[number]

/** Selection of the inbox, kept in the address so that it can be bookmarked and shared. */
export interface InboxSearch {
  view?: View
  /** One mailbox; all that I may see when absent. */
  account?: string
  /** Words to find. */
  q?: string
  /** The draft that is open in the composer. */
  draft?: string
}

export function inboxSearch(search: Record<string, unknown>): InboxSearch {
  const text = (name: string) => (typeof search[name] === 'string' && search[name] !== '' ? search[name] : undefined)
  const view = VIEWS.find((one) => one === search.view)
  const [account, q, draft] = [text('account'), text('q'), text('draft')]
  return { ...(view && { view }), ...(account && { account }), ...(q && { q }), ...(draft && { draft }) }
}
