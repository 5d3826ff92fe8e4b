import type { TextScan } from '../database/index.ts'

const key = { column: 'id', type: 'uuid' } as const

/** Texts that may name a person, such as the answer of a mail server. */
export const INCIDENT_TEXTS = {
  incidents: { table: 'incidents', key, columns: ['subject_name', 'detail'], action: 'redact' },
  entries: {
    table: 'incident_entries',
    key: { column: 'id', type: 'bigint' },
    columns: ['payload'],
    action: 'redact',
  },
  troubles: { table: 'installation_troubles', key, columns: ['detail'], action: 'redact' },
} as const satisfies Record<string, TextScan>
