/** Kinds of data that a preview counts, in the order in which they are listed. */
export const DELETED_KINDS = [
  'conversations',
  'messages',
  'sources',
  'events',
  'alerts',
  'auditEntries',
  'signIns',
] as const
export type DeletedKind = (typeof DELETED_KINDS)[number]
