import type { TextScan } from '../database/index.ts'

/** Texts that may name a person: bodies of alerts, and answers of receivers, which can repeat what they got. */
export const WEBHOOK_TEXTS = {
  table: 'webhook_deliveries',
  key: { column: 'id', type: 'uuid' },
  columns: ['body', 'answer'],
  action: 'redact',
} as const satisfies TextScan
