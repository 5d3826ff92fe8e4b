import type { TextScan } from '../database/index.ts'

/** Answers of mail servers that may name a person. */
export const ACCOUNT_TEXTS = {
  table: 'email_accounts',
  key: { column: 'id', type: 'uuid' },
  columns: ['state_upstream'],
  action: 'redact',
} as const satisfies TextScan
