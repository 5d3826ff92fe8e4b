/** Views of the list, in the order of the navigation. Names and empty states are in `words/en/inbox.ts`. */
export const VIEWS = ['open', 'mine', 'unassigned', 'needs-reply', 'waiting', 'snoozed', 'closed', 'all'] as const
export type View = (typeof VIEWS)[number]
