/** Views of the list, in the order of the navigation. Names are in `words/en/inbox.ts`, empty states in `words/en/empty-list.ts`. */
export const VIEWS = [
  ...(['open', 'mine', 'unassigned', 'needs-reply', 'mentions', 'waiting', 'snoozed', 'closed', 'all'] as const),
  ...(['sent', 'spam', 'deleted'] as const),
] as const
export type View = (typeof VIEWS)[number]

/** Lists of something else than conversations, in their place. */
export const OTHER_LISTS = ['drafts', 'scheduled'] as const
export type OtherList = (typeof OTHER_LISTS)[number]

export function isOtherList(view: View | OtherList | undefined): view is OtherList {
  return (OTHER_LISTS as readonly (string | undefined)[]).includes(view)
}
