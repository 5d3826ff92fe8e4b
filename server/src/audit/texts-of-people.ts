import type { TextScan } from '../database/index.ts'

/** Texts that may name a person. */
export const AUDIT_TEXTS = {
  table: 'audit_entries',
  key: { column: 'id', type: 'bigint' },
  columns: ['subject', 'detail'],
  action: 'redact',
} as const satisfies TextScan
