import type { TextScan } from '../database/index.ts'

/** Invitations of a person who did not join the team. */
export const LINK_TEXTS = {
  table: 'person_links',
  key: { column: 'id', type: 'uuid' },
  columns: ['email', 'name'],
  action: 'delete',
} as const satisfies TextScan
