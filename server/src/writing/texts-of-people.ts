import type { TextScan } from '../database/index.ts'

/** Texts of the team that may name a person. */
export const WRITING_TEXTS = {
  responses: {
    table: 'canned_responses',
    key: { column: 'id', type: 'uuid' },
    columns: ['folder', 'name', 'text', 'html'],
    action: 'count',
  },
  signatures: {
    table: 'agent_signatures',
    key: { column: 'user_id', type: 'text' },
    columns: ['text', 'html'],
    action: 'count',
  },
} as const satisfies Record<string, TextScan>
