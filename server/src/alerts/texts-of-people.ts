import type { TextScan } from '../database/index.ts'

const key = { column: 'id', type: 'uuid' } as const

/** Texts that may name a person, such as the answer of a mail server. */
export const ALERT_TEXTS = {
  alerts: { table: 'alerts', key, columns: ['subject', 'text', 'payload'], action: 'redact' },
  deliveries: { table: 'alert_deliveries', key, columns: ['answer'], action: 'redact' },
} as const satisfies Record<string, TextScan>
