import type { TextScan } from '../database/index.ts'

/** Answers of mail servers that may name a person. */
export const ACTION_TEXTS = {
  table: 'account_action_settings',
  key: { column: 'email_account_id', type: 'uuid' },
  columns: ['trouble_upstream'],
  action: 'redact',
} as const satisfies TextScan
