import type { TextScan, Tx } from '../database/index.ts'

/** Texts that may name a person. */
export const EVENT_TEXTS = {
  table: 'events',
  key: { column: 'id', type: 'bigint' },
  columns: ['subject_id', 'payload'],
  action: 'redact',
} as const satisfies TextScan

/** Deletes the events of objects that are about to be deleted. */
export async function deleteEventsOf(tx: Tx, subjectIds: readonly string[]): Promise<void> {
  if (subjectIds.length === 0) return
  await tx.deleteFrom('events').where('subject_id', 'in', subjectIds).execute()
}
