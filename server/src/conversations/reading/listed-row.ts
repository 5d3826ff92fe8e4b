import type { Selectable } from 'kysely'
import type { Schema } from '../../database/index.ts'

/** `exact_at`: `listed_at` as text, because a Date has no microseconds. */
export type ListedRow = Selectable<Schema['conversations']> & { exact_at: string }
